"""recovery-overlap: alert and recovery can both be true."""

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
    comparison = comparison_of(subject)
    for level in ("critical", "warning"):
        begins, ends = subject.threshold(level), subject.threshold(f"{level}_recovery")
        if begins is None or ends is None or comparison is None or comparison.comparator in ("==", "!="):
            continue
        if ends != begins and crosses(comparison.comparator, ends, begins):
            what = f"recovers at {plain_number(ends)}, which still counts as {level} ({plain_number(begins)})"
            yield Flaw(what, (*THRESHOLDS, f"{level}_recovery"))


RULE = Rule(
    id="recovery-overlap",
    severity="error",
    title="Alert and recovery can both be true",
    why=(
        'Datadog refuses it: "alert and alert recovery criteria are such that the monitor can be '
        'simultaneously in alert and alert recovery states".'
    ),
    fix="put the recovery threshold on the healthy side of the threshold that it ends",
    source="answer of the API quoted in DataDog/datadog-api-client-typescript#754",
    applies=lambda subject: has_number(subject) and any(subject.threshold(f"{level}_recovery") is not None for level in ("critical", "warning")),
    check=_check,
    bad="options: {thresholds: {critical: 4, critical_recovery: 5}}",
    good="options: {thresholds: {critical: 4, critical_recovery: 3}}",
)
