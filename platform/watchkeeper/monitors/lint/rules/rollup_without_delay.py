"""rollup-without-delay: a rollup without an evaluation delay as long."""

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
    delay = option_number(subject, "evaluation_delay") or 0
    for metric in metrics_of(subject):
        rollup = metric.method("rollup")
        seconds = max((float(word) for word in rollup.words if word.replace(".", "", 1).isdigit()), default=0) if rollup else 0
        if rollup and delay < seconds:
            what = f"the last bucket of {plain_number(seconds)} s is incomplete at a delay of {plain_number(delay)} s"
            yield Flaw(what, QUERY, offset=rollup.at)


RULE = Rule(
    id="rollup-without-delay",
    severity="info",
    title="A rollup without an evaluation delay as long",
    why=(
        "Buckets lie on the clock, not on the window: the last one is still filling, and its value is too "
        "small."
    ),
    fix="set `evaluation_delay` to the length of the rollup",
    source='Datadog documentation, "Rollup in monitors"',
    applies=lambda subject: has_metrics(subject) and any(metric.method("rollup") for metric in metrics_of(subject)),
    check=_check,
    bad='{query: "avg(last_5m):avg:system.load.1{*}.rollup(avg, 60) > 4", options: {evaluation_delay: 10}}',
    good='{query: "avg(last_5m):avg:system.load.1{*}.rollup(avg, 60) > 4", options: {evaluation_delay: 60}}',
)
