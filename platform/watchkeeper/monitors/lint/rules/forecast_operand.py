"""forecast-operand: a function that cannot be forecast."""

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

_FORBIDDEN: Final = ("anomalies", "cumsum", "integral", "outliers", "piecewise_constant", "robust_trend", "trend_line")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for call in calls_of(subject, "forecast"):
        for part in parts_of(call.operand):
            if isinstance(part, Call) and part.name in _FORBIDDEN:
                yield Flaw(f"`{part.name}` cannot be forecast", QUERY, offset=part.at)


RULE = Rule(
    id="forecast-operand",
    severity="error",
    title="A function that cannot be forecast",
    why=(
        "Datadog refuses anomalies, cumsum, integral, outliers, piecewise_constant, robust_trend and "
        "trend_line inside of a forecast."
    ),
    fix="forecast the metric itself",
    source='Datadog documentation, "Forecasts monitor"',
    applies=has_call("forecast"),
    check=_check,
    bad="query: \"max(next_1w):forecast(cumsum(avg:system.disk.in_use{*} by {host}), 'linear', 1, interval='60m') >= 0.9\"",
    good="query: \"max(next_1w):forecast(abs(avg:system.disk.in_use{*} by {host}), 'linear', 1, interval='60m') >= 0.9\"",
)
