"""fill-limit: a fill that reaches further than Datadog allows."""

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

_LONGEST_S: Final = 600


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        fill = metric.method("fill")
        for argument in fill.arguments[1:] if fill else ():
            if isinstance(argument, Number) and argument.value > _LONGEST_S:
                yield Flaw(f"a gap is filled for at most {_LONGEST_S} s", QUERY, offset=argument.at)


RULE = Rule(
    id="fill-limit",
    severity="warning",
    title="A fill that reaches further than Datadog allows",
    why="Gaps are filled for at most 600 seconds.",
    fix="fill for at most 600 s; use `default_zero` for longer gaps",
    source='Datadog documentation, "Interpolation"',
    applies=lambda subject: any(metric.method("fill") for metric in metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_5m):avg:system.load.1{*}.fill(last, 900) > 4"',
    good='query: "avg(last_5m):avg:system.load.1{*}.fill(last, 300) > 4"',
)
