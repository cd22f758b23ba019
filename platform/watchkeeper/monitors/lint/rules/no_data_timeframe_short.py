"""no-data-timeframe-short: `no_data_timeframe` shorter than twice the window."""

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
    query, minutes = query_of(subject), option_number(subject, "no_data_timeframe") or 0
    if isinstance(query, MonitorQuery | ChangeQuery) and minutes * 60 < 2 * query.window_s:
        wanted = 2 * query.window_s // 60
        what = f"{plain_number(minutes)} minutes are less than twice {query.window.text} ({wanted} minutes)"
        yield Flaw(what, ("options", "no_data_timeframe"))


RULE = Rule(
    id="no-data-timeframe-short",
    severity="warning",
    title="`no_data_timeframe` shorter than twice the window",
    why=(
        "One late point is then reported as silence. Datadog recommends at least twice the window."
    ),
    fix="give at least twice the window in minutes",
    source='Datadog documentation, "Configure monitors", no data',
    applies=lambda subject: has_windowed_kind(subject) and subject.options.get("notify_no_data") is True and bool(option_number(subject, "no_data_timeframe")),
    check=_check,
    bad="options: {notify_no_data: true, no_data_timeframe: 5}",
    good="options: {notify_no_data: true, no_data_timeframe: 10}",
)
