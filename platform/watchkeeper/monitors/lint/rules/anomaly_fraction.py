"""anomaly-fraction: the threshold of an anomaly monitor is no share of points."""

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
    if comparison is None or comparison.value is None:
        return
    if comparison.value > 1 or (comparison.value == 1 and comparison.comparator == ">"):
        what = f"a share of points is never {comparison.comparator} {plain_number(comparison.value)}"
        yield Flaw(what, QUERY, offset=comparison.at)


RULE = Rule(
    id="anomaly-fraction",
    severity="error",
    title="The threshold of an anomaly monitor is no share of points",
    why=(
        "The value is the share of points outside of the band, between 0 and 1; a threshold beyond it is "
        "never reached."
    ),
    fix="compare with `>= 1` for all points, `>= 0.5` for half of them",
    source='Datadog documentation, "Anomaly monitor"',
    applies=is_anomaly,
    check=_check,
    bad="query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', alert_window='last_15m', interval=60, count_default_zero='true') >= 2\"",
    good="query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', alert_window='last_15m', interval=60, count_default_zero='true') >= 1\"",
)
