"""burn-rate-impossible: a burn rate that cannot be reached."""

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

def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    target = context.slo_targets.get(query.slo.plain) if isinstance(query, SloQuery) else None
    if not isinstance(query, SloQuery) or query.comparison.value is None or target is None:
        return
    most = 100 / (100 - target)
    if query.comparison.value >= most:
        what = f"a target of {target:g} % burns at {most:.4g} at most, never above {query.comparison.value:g}"
        yield Flaw(what, QUERY, offset=query.comparison.at)


RULE = Rule(
    id="burn-rate-impossible",
    severity="error",
    title="A burn rate that cannot be reached",
    why=(
        "If every request fails, the budget burns at 1 / (1 - target); a threshold above it never fires."
    ),
    fix="take a smaller factor, or a tighter objective",
    source=(
        "Google, The Site Reliability Workbook, chapter 5: at a target of 93 % a factor of 14.4 is more "
        "than all requests"
    ),
    applies=lambda subject: isinstance(subject.query, SloQuery) and subject.query.kind == "burn_rate",
    check=_check,
    bad="{type: slo alert, query: 'burn_rate(\"0123456789abcdef0123456789abcdef\").over(\"30d\").long_window(\"1h\").short_window(\"5m\") > 144'}",
    good="{type: slo alert, query: 'burn_rate(\"0123456789abcdef0123456789abcdef\").over(\"30d\").long_window(\"1h\").short_window(\"5m\") > 14.4'}",
)
