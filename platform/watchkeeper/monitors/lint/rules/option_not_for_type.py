"""option-not-for-type: an option that this type of monitor does not take."""

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

_SEARCHED: Final = (
    "audit alert", "ci-pipelines alert", "ci-tests alert", "cost alert", "data-jobs alert", "data-quality alert",
    "database-monitoring alert", "error-tracking alert", "event-v2 alert", "llm-observability alert", "log alert",
    "metric alert", "network-path alert", "network-performance alert", "query alert", "rum alert",
    "trace-analytics alert",
)  # fmt: skip
_ONLY: Final[Mapping[str, tuple[str, ...]]] = {
    "on_missing_data": _SEARCHED,
    "threshold_windows": ("query alert", "metric alert"),
    "variables": _SEARCHED,
    "min_failure_duration": ("synthetics alert",),
    "min_location_failed": ("synthetics alert",),
}
"""Option: the types that take it."""


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for name, types in _ONLY.items():
        if subject.options.get(name) is not None and subject.type not in types:
            path = ("options", name)
            yield Flaw(f"a `{subject.type}` takes no `{name}`", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="option-not-for-type",
    severity="error",
    title="An option that this type of monitor does not take",
    why='Datadog refuses it: "Invalid monitor option: ...".',
    fix="remove the option",
    source=(
        "answer of the API quoted in DataDog/terraform-provider-datadog#2291; OpenAPI of datadog-api- "
        "client 2.62.0, MonitorOptions"
    ),
    applies=lambda subject: is_monitor(subject) and any(subject.options.get(name) is not None for name in _ONLY),
    check=_check,
    bad="{type: composite, query: 12 && 34, options: {on_missing_data: default}}",
    good="{type: composite, query: 12 && 34, options: {on_missing_data: null}}",
)
