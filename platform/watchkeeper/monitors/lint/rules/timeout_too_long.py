"""timeout-too-long: `timeout_h` of more than a day."""

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

_LONGEST_H: Final = 24


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    hours = option_number(subject, "timeout_h")
    if hours is None or not 0 <= hours <= _LONGEST_H:
        yield Flaw(f"`timeout_h` cannot be {subject.options['timeout_h']}", ("options", "timeout_h"))


RULE = Rule(
    id="timeout-too-long",
    severity="error",
    title="`timeout_h` of more than a day",
    why="Datadog refuses more than 24 hours.",
    fix="give 0 to 24 hours",
    source="OpenAPI of datadog-api-client 2.62.0; grosser/kennel 2.22 (invalid_timeout_h)",
    applies=has_option("timeout_h"),
    check=_check,
    bad="options: {timeout_h: 25}",
    good="options: {timeout_h: 24}",
)
