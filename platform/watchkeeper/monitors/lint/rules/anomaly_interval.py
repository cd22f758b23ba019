"""anomaly-interval: the interval leaves fewer than five points in the alert window."""

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

_POINTS: Final = 5


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    settings = anomalies_of(subject)
    if settings is None or settings.alert_window is None or settings.interval_s is None:
        return
    if settings.interval_s * _POINTS > settings.alert_window.seconds:
        what = f"an interval of {settings.interval_s} s leaves fewer than {_POINTS} points in {settings.alert_window.text}"
        yield Flaw(what, QUERY, offset=settings.alert_window.at or subject.text.find("interval"))


RULE = Rule(
    id="anomaly-interval",
    severity="error",
    title="The interval leaves fewer than five points in the alert window",
    why=(
        "Datadog refuses it: the share of points outside of the band means nothing with so few."
    ),
    fix="give an interval of at most a fifth of the alert window",
    source="holds for every monitor that Datadog ships with its integrations (2025-09)",
    applies=is_anomaly,
    check=_check,
    bad="query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', alert_window='last_15m', interval=600, count_default_zero='true') >= 1\"",
    good="query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', alert_window='last_15m', interval=60, count_default_zero='true') >= 1\"",
)
