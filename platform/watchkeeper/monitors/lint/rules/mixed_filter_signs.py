"""mixed-filter-signs: two ways to join tags in one filter."""

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

_SYMBOLS: Final = frozenset((",", "!"))
_WORDS: Final = frozenset(("AND", "OR", "NOT", "IN"))


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        signs = signs_of(metric.scope)
        if signs & _SYMBOLS and signs & _WORDS:
            shown = " and ".join(f"`{sign}`" for sign in (min(signs & _SYMBOLS), min(signs & _WORDS)))
            yield Flaw(f"{shown} are mixed in one filter", QUERY, offset=metric.scope.at)


RULE = Rule(
    id="mixed-filter-signs",
    severity="error",
    title="Two ways to join tags in one filter",
    why=(
        "`,` and `!` must not be mixed with AND, OR, NOT and IN in one filter: Datadog refuses it, or "
        "reads it in another way."
    ),
    fix="write the whole filter with AND and NOT",
    source=(
        'Datadog documentation, "Advanced filtering": "symbolic and functional syntax cannot be mixed"'
    ),
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_5m):avg:system.load.1{env:prod AND !role:db} > 4"',
    good='query: "avg(last_5m):avg:system.load.1{env:prod AND NOT role:db} > 4"',
)
