"""group-retention: `group_retention_duration` out of range."""

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

_SHORTEST_S: Final = 3600
_LONGEST_S: Final = 72 * 3600


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    given = subject.options["group_retention_duration"]
    window = window_of(given) if isinstance(given, str) else None
    if window is None or not _SHORTEST_S <= window.seconds <= _LONGEST_S:
        yield Flaw(f"`group_retention_duration` cannot be {given}", ("options", "group_retention_duration"))


RULE = Rule(
    id="group-retention",
    severity="error",
    title="`group_retention_duration` out of range",
    why="Datadog keeps a silent group for one hour to three days.",
    fix="give 1h to 72h",
    source="OpenAPI of datadog-api-client 2.62.0, MonitorOptions",
    applies=has_option("group_retention_duration"),
    check=_check,
    bad="{type: log alert, query: 'logs(\"status:error\").index(\"*\").rollup(\"count\").by(\"host\").last(\"5m\") > 4', options: {group_retention_duration: 30m}}",
    good="{type: log alert, query: 'logs(\"status:error\").index(\"*\").rollup(\"count\").by(\"host\").last(\"5m\") > 4', options: {group_retention_duration: 30h}}",
)
