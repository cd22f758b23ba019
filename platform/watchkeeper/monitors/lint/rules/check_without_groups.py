"""check-without-groups: a service check without `.by()`."""

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
    if isinstance(query, CheckQuery) and not query.by and query.counts == "count_by_status":
        yield Flaw("nothing says whose results are counted", QUERY, offset=query.last_at)


RULE = Rule(
    id="check-without-groups",
    severity="error",
    title="A service check without `.by()`",
    why="Datadog refuses it: consecutive results are counted for each group.",
    fix='add `.by("host")`, or `.by("*")`',
    source=(
        "server rule that grosser/kennel 2.22 checks (query_must_include_by); holds for every monitor "
        "that Datadog ships with its integrations (2025-09)"
    ),
    applies=is_check,
    check=_check,
    bad="{type: service check, query: '\"http.can_connect\".over(\"env:prod\").last(3).count_by_status()', options: {thresholds: {critical: 2}}}",
    good="{type: service check, query: '\"http.can_connect\".over(\"env:prod\").by(\"host\").last(3).count_by_status()', options: {thresholds: {critical: 2}}}",
)
