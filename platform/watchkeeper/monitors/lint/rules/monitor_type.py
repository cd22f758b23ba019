"""monitor-type: no type, or one that Datadog does not have."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Any, get_args
from watchkeeper.monitors.model import MonitorType

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

_KNOWN: Final = (*get_args(MonitorType), "data-jobs alert", "llm-observability alert")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if not subject.type:
        yield Flaw("the monitor has no type", fix="add `type: query alert`, or what it is")
    elif subject.type not in _KNOWN:
        yield Flaw(f"there is no type `{subject.type}`", ("type",), fix=did_you_mean(subject.type, _KNOWN))


RULE = Rule(
    id="monitor-type",
    severity="error",
    title="No type, or one that Datadog does not have",
    why=(
        "Datadog refuses it: \"The parameter 'type' is required\"; nothing else of the monitor can be "
        "checked."
    ),
    fix="add one of Datadog's types",
    source=(
        "recorded answer of POST /api/v1/monitor; OpenAPI of datadog-api-client 2.62.0, MonitorType"
    ),
    applies=is_monitor,
    check=_check,
    bad="type: querry alert",
    good="type: query alert",
)
