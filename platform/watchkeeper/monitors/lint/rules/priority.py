"""priority: a priority that is not 1 to 5."""

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

_HIGHEST: Final = 1
_LOWEST: Final = 5


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    priority = subject.body["priority"]
    if isinstance(priority, bool) or not isinstance(priority, int) or not _HIGHEST <= priority <= _LOWEST:
        yield Flaw(f"priority {priority} is not between 1 and 5", ("priority",))


RULE = Rule(
    id="priority",
    severity="error",
    title="A priority that is not 1 to 5",
    why="Datadog refuses it.",
    fix="give 1 (highest) to 5, or none",
    source="OpenAPI of datadog-api-client 2.62.0; grosser/kennel 2.22 (invalid_priority)",
    applies=lambda subject: is_monitor(subject) and subject.body.get("priority") is not None,
    check=_check,
    bad="priority: 6",
    good="priority: 5",
)
