"""unknown-option: an option that Datadog does not know."""

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

_SERVER_SIDE: Final = (
    "avalanche_window", "device_ids", "escalation_message", "locked", "queryConfig", "restriction_query", "silenced",
    "synthetics_check_id",
)  # fmt: skip
"""What Datadog itself writes into an export, or has stopped to use."""
_KNOWN: Final = frozenset((*NAMES, *_SERVER_SIDE))


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for name in subject.options:
        if name not in _KNOWN:
            path = ("options", name)
            fix = did_you_mean(name, NAMES) or "remove it"
            yield Flaw(f"there is no option `{name}`", path, on_key=True, fix=fix)


RULE = Rule(
    id="unknown-option",
    severity="error",
    title="An option that Datadog does not know",
    why='Datadog refuses it: "Invalid monitor option: ...", or drops it without a word.',
    fix="use one of Datadog's options",
    source=(
        "OpenAPI of datadog-api-client 2.62.0, MonitorOptions; answer of the API quoted in "
        "DataDog/terraform-provider-datadog#2291"
    ),
    applies=lambda subject: is_monitor(subject) and bool(subject.options),
    check=_check,
    bad="options: {timeout_hours: 1}",
    good="options: {timeout_h: 1}",
)
