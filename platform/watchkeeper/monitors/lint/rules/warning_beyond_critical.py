"""warning-beyond-critical: the warning comes after the alert, or with it."""

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
    comparison, warning = comparison_of(subject), subject.threshold("warning")
    critical = comparison.value if comparison is not None else None
    if comparison is None or warning is None or critical is None or comparison.comparator in ("==", "!="):
        return
    if warning == critical or crosses(comparison.comparator, warning, critical):
        what = f"a warning at {plain_number(warning)} does not come before the alert at {plain_number(critical)}"
        yield Flaw(what, (*THRESHOLDS, "warning"))


RULE = Rule(
    id="warning-beyond-critical",
    severity="error",
    title="The warning comes after the alert, or with it",
    why=(
        'Datadog refuses it: "Warning threshold (50.0) must be less than the alert threshold (20.0) with '
        '> comparison."'
    ),
    fix="warn before the alert, not after it",
    source=(
        "answer of the API quoted in the source of grosser/kennel 2.22; holds for every monitor that "
        "Datadog ships with its integrations (2025-09)"
    ),
    applies=lambda subject: has_number(subject) and subject.threshold("warning") is not None,
    check=_check,
    bad="options: {thresholds: {critical: 4, warning: 5}}",
    good="options: {thresholds: {critical: 4, warning: 3}}",
)
