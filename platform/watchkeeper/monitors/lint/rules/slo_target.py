"""slo-target: an objective that is no percentage below 100."""

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
    for index, threshold in enumerate(thresholds_of(subject)):
        target = as_number(threshold.get("target"))
        if target is None or not 0 < target < 100:  # noqa: PLR2004 - percent
            yield Flaw(f"a target of {threshold.get('target')} %", ("thresholds", index, "target"))


RULE = Rule(
    id="slo-target",
    severity="error",
    title="An objective that is no percentage below 100",
    why="Datadog takes targets above 0 and below 100; at 100 there is no budget to burn.",
    fix="give a percentage such as 99.9, not a ratio of 1",
    source=(
        "grosser/kennel 2.22 (threshold_target_invalid); recorded answers of POST /api/v1/slo"
    ),
    applies=is_slo,
    check=_check,
    bad='{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 100}]}',
    good='{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9}]}',
)
