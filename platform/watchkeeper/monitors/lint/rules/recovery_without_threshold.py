"""recovery-without-threshold: a recovery threshold of a state that has no threshold."""

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
    if subject.thresholds.get("warning") is None:
        path = (*THRESHOLDS, "warning_recovery")
        yield Flaw("thresholds.warning_recovery stands without thresholds.warning", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="recovery-without-threshold",
    severity="error",
    title="A recovery threshold of a state that has no threshold",
    why="Datadog refuses a recovery threshold without the threshold that it ends.",
    fix="remove it, or add the threshold",
    source=(
        "grosser/kennel 2.22 and DataDog/terraform-provider-datadog drop it, because the server refuses "
        "it"
    ),
    applies=lambda subject: is_monitor(subject) and subject.threshold("warning_recovery") is not None,
    check=_check,
    bad="options: {thresholds: {critical: 4, warning: null, warning_recovery: 2}}",
    good="options: {thresholds: {critical: 4, warning: 3, warning_recovery: 2}}",
)
