"""unknown-handle: a handle that resolves to nothing."""

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

_CHECKED: Final = ("pagerduty-", "slack-")


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    if context.known_handles is None:
        return
    for handle in mentions(subject.declared):
        if handle.startswith(_CHECKED) and f"@{handle}" not in context.known_handles and "{{" not in handle:
            near = did_you_mean(f"@{handle}", context.known_handles)
            offset = subject.declared.find(f"@{handle}")
            yield Flaw(f"`@{handle}` is nowhere declared", MESSAGE, offset=offset, fix=near)


RULE = Rule(
    id="unknown-handle",
    severity="warning",
    title="A handle that resolves to nothing",
    why="A typing error in a handle pages nobody, and no one is told.",
    fix="use a declared PagerDuty service or Slack channel, or leave it to the routes",
    source="platform/routing holds every service and channel that exists",
    applies=lambda subject: has_message(subject) and "@" in subject.declared,
    check=_check,
    bad='message: "down @slack-main-alrets"',
    good='message: "down @slack-main-alerts"',
)
