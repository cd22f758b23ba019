"""slo-warning: the warning of an objective is not above its target."""

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
        target, warning = as_number(threshold.get("target")), as_number(threshold.get("warning"))
        if target is not None and warning is not None and warning <= target:
            what = f"a warning at {warning:g} % does not come before the target of {target:g} %"
            yield Flaw(what, ("thresholds", index, "warning"))


RULE = Rule(
    id="slo-warning",
    severity="error",
    title="The warning of an objective is not above its target",
    why=(
        "A warning is given while the budget is not yet used up, so it must be the higher percentage; "
        "Datadog refuses the other way."
    ),
    fix="raise `warning` above `target`",
    source=(
        "OpenAPI of datadog-api-client 2.62.0, SLOThreshold; grosser/kennel 2.22 "
        "(warning_must_be_gt_critical)"
    ),
    applies=is_slo,
    check=_check,
    bad='{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9, warning: 99}]}',
    good='{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9, warning: 99.95}]}',
)
