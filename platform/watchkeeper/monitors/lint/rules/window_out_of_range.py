"""window-out-of-range: a window that this type of monitor does not allow."""

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

_LONGEST_S: Final = 730 * 3600
_LONGEST_SEARCH_S: Final = 2 * 86_400


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, MonitorQuery | ChangeQuery | SearchQuery):
        return
    window = query.window
    longest = _LONGEST_SEARCH_S if isinstance(query, SearchQuery) else _LONGEST_S
    if window.kind == "last" and not 60 <= window.seconds <= longest:
        limit = "2 days" if isinstance(query, SearchQuery) else "730 hours"
        yield Flaw(f"{window.text} is not between 1 minute and {limit}", QUERY, offset=window.at)


RULE = Rule(
    id="window-out-of-range",
    severity="error",
    title="A window that this type of monitor does not allow",
    why=(
        "Datadog refuses a metric window below a minute or above a month, and a search window above two "
        "days."
    ),
    fix="choose a window inside of the range",
    source='Datadog documentation, "Monitors API", "Log monitor"',
    applies=has_windowed_kind,
    check=_check,
    bad='query: "avg(last_2000h):avg:system.load.1{*} > 4"',
    good='query: "avg(last_200h):avg:system.load.1{*} > 4"',
)
