"""forecast-direction: a forecast watched from the wrong side."""

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
    query = query_of(subject)
    if not isinstance(query, MonitorQuery) or query.comparator not in (">", ">=", "<", "<="):
        return
    wanted = "max" if query.comparator.startswith(">") else "min"
    if query.aggregator != wanted:
        edit = Edit(QUERY, wanted, (0, len(query.aggregator))) if subject.text.startswith(query.aggregator) else None
        yield Flaw(f"`{query.aggregator}` with `{query.comparator}`, `{wanted}` is meant", QUERY, offset=0, edit=edit)


RULE = Rule(
    id="forecast-direction",
    severity="warning",
    title="A forecast watched from the wrong side",
    why=(
        "Above the threshold `max(next_...)` asks whether any point may cross it, below it `min`; the "
        "other one asks whether every point does, which comes too late."
    ),
    fix="use `max` with `>` and `min` with `<`",
    source='Datadog documentation, "Forecasts monitor"',
    applies=has_call("forecast"),
    check=_check,
    bad="query: \"min(next_1w):forecast(avg:system.disk.in_use{*} by {host}, 'linear', 1, interval='60m') >= 0.9\"",
    good="query: \"max(next_1w):forecast(avg:system.disk.in_use{*} by {host}, 'linear', 1, interval='60m') >= 0.9\"",
)
