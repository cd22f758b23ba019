"""check-last: a service check that looks at too few results."""

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

_MOST: Final = 100


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, CheckQuery):
        return
    levels = [number for name in ("critical", "warning", "ok") if (number := subject.threshold(name)) is not None]
    if not 1 <= query.last <= _MOST:
        yield Flaw(f"`.last({query.last})` is not between 1 and {_MOST}", QUERY, offset=query.last_at)
    elif query.counts == "count_by_status" and query.last < max(levels, default=1):
        what = f"the last {query.last} results can never hold {plain_number(max(levels))} in a row"
        yield Flaw(what, QUERY, offset=query.last_at)


RULE = Rule(
    id="check-last",
    severity="error",
    title="A service check that looks at too few results",
    why=(
        "A status must be seen as often in a row as its threshold says; `.last(n)` keeps fewer results "
        "than that, so it never is. Datadog takes 1 to 100."
    ),
    fix="make `.last(n)` larger than the largest threshold",
    source=(
        "server rule that grosser/kennel 2.22 follows; holds for every monitor that Datadog ships with "
        "its integrations (2025-09)"
    ),
    applies=is_check,
    check=_check,
    bad="{type: service check, query: '\"http.can_connect\".over(\"env:prod\").by(\"host\").last(1).count_by_status()', options: {thresholds: {critical: 2}}}",
    good="{type: service check, query: '\"http.can_connect\".over(\"env:prod\").by(\"host\").last(3).count_by_status()', options: {thresholds: {critical: 2}}}",
)
