"""burn-rate-windows: the short window of a burn rate is not a twelfth of the long one."""

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

_SHARE: Final = 12


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, SloQuery) or query.long_window is None or query.short_window is None:
        return
    if query.short_window.seconds * _SHARE != query.long_window.seconds:
        what = f"{query.short_window.text} is not a twelfth of {query.long_window.text}"
        yield Flaw(what, QUERY, offset=max(subject.text.find("short_window"), 0))


RULE = Rule(
    id="burn-rate-windows",
    severity="warning",
    title="The short window of a burn rate is not a twelfth of the long one",
    why=(
        "The short window ends the alert soon after the burning ends; Datadog recommends a twelfth of the "
        "long one."
    ),
    fix="take a twelfth: 5m for 1h, 30m for 6h, 2h for 24h",
    source=(
        'Google, The Site Reliability Workbook, chapter 5; Datadog documentation, "Burn rate alerts"'
    ),
    applies=lambda subject: isinstance(subject.query, SloQuery) and subject.query.kind == "burn_rate",
    check=_check,
    bad="{type: slo alert, query: 'burn_rate(\"0123456789abcdef0123456789abcdef\").over(\"30d\").long_window(\"1h\").short_window(\"10m\") > 14.4'}",
    good="{type: slo alert, query: 'burn_rate(\"0123456789abcdef0123456789abcdef\").over(\"30d\").long_window(\"1h\").short_window(\"5m\") > 14.4'}",
)
