"""custom-schedule: a custom schedule without `on_missing_data`."""

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
    path = ("options", "scheduling_options", "custom_schedule")
    if subject.options.get("on_missing_data") is None:
        yield Flaw("a custom schedule needs `on_missing_data`", path, on_key=True)
    elif subject.options.get("require_full_window") is True:
        yield Flaw("a custom schedule excludes `require_full_window`", path, on_key=True)


RULE = Rule(
    id="custom-schedule",
    severity="error",
    title="A custom schedule without `on_missing_data`",
    why=(
        "Datadog demands `on_missing_data` for a monitor on a schedule of its own, and no full window."
    ),
    fix="add `on_missing_data: default`, and `require_full_window: false`",
    source="DataDog/datadog-sync-cli sets both before it sends such a monitor",
    applies=lambda subject: is_monitor(subject) and value_at(subject.options, ("scheduling_options", "custom_schedule")) is not None,
    check=_check,
    bad='options: {on_missing_data: null, scheduling_options: {custom_schedule: {recurrences: [{rrule: "FREQ=DAILY", timezone: UTC}]}}}',
    good='options: {on_missing_data: default, scheduling_options: {custom_schedule: {recurrences: [{rrule: "FREQ=DAILY", timezone: UTC}]}}}',
)
