"""groups-differ: two sides of a calculation with different groups."""

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
    expression = expression_in(subject)
    for part in parts_of(expression) if expression is not None else ():
        if not isinstance(part, Binary):
            continue
        left, right = set(group_keys(part.left)), set(group_keys(part.right))
        if left and right and left != right:
            shown = ("by {" + ",".join(sorted(keys)) + "}" for keys in (left, right))
            yield Flaw(" against ".join(shown), QUERY, offset=part.operator_at)


RULE = Rule(
    id="groups-differ",
    severity="error",
    title="Two sides of a calculation with different groups",
    why=(
        "Datadog joins groups by equal keys; with different keys no pair is found and the result is "
        "empty."
    ),
    fix="group both sides by the same keys, or one side by none",
    source='Datadog documentation, "Arithmetic between two metrics"',
    applies=has_metrics,
    check=_check,
    bad='query: "avg(last_5m):avg:system.mem.used{*} by {host} / avg:system.mem.total{*} by {env} > 4"',
    good='query: "avg(last_5m):avg:system.mem.used{*} by {host} / avg:system.mem.total{*} by {host} > 4"',
)
