"""threshold-mismatch: the query and `thresholds.critical` say different numbers."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Any

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import (
    MESSAGE, QUERY, THRESHOLDS, anomalies_of, calls_of, comparison_of, demanded, expression_in, groups_of, has_call,
    has_message, has_metrics, has_number, has_option, has_type, has_windowed_kind, is_anomaly, is_check, is_monitor,
    is_read, is_slo, metrics_of, option_number, plain_metric, query_of,
)
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject, as_number, read_query, value_at
from watchkeeper.monitors.message import MessageSyntaxError, check_message, mentions, pieces, render_transition
from watchkeeper.monitors.options import NAMES
from watchkeeper.monitors.state import Transition, crosses
from watchkeeper.query.ast import (
    Binary, Call, Expression, Filter, InFilter, AllOf, AnyOf, Keyword, Keys, Metric, Modified, Negative, NotFilter,
    Number, TagFilter, Text, Variable, VariableFilter, Word, group_keys, parts_of, plain_number,
)
from watchkeeper.query.forms import (
    ChangeQuery, CheckQuery, CompositeQuery, FormulaQuery, MonitorQuery, Query, SearchQuery, SloQuery, Window, window_of,
)
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.visit import (
    expression_of, functions_of, group_by_of, members_of, metrics_in, nodes_of, signs_of, tags_of,
    template_variables_of, variables_of, windows_of,
)

def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    comparison, critical = comparison_of(subject), subject.threshold("critical")
    if comparison is None or comparison.value is None or critical is None or critical == comparison.value:
        return
    what = f"thresholds.critical is {plain_number(critical)}, the query compares with {plain_number(comparison.value)}"
    path = (*THRESHOLDS, "critical")
    edit = Edit(path, plain_number(comparison.value) if subject.is_exported else REMOVE)
    yield Flaw(what, path, edit=edit)


RULE = Rule(
    id="threshold-mismatch",
    severity="error",
    title="The query and `thresholds.critical` say different numbers",
    why=(
        'Datadog refuses it: "Alert threshold (X) does not match that used in the query (Y)."'
    ),
    fix="leave `critical` out of the options: it is taken from the query",
    source=(
        "answer of the API quoted in DataDog/datadog-operator#2106; holds for every monitor that Datadog "
        "ships with its integrations (2025-09)"
    ),
    applies=lambda subject: has_number(subject) and subject.threshold("critical") is not None,
    check=_check,
    bad="options: {thresholds: {critical: 2}}",
    good="options: {thresholds: {critical: 4}}",
)
