"""message-condition: a condition that Datadog does not have."""

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

_KNOWN: Final = (
    "is_alert", "is_alert_recovery", "is_alert_to_warning", "is_exact_match", "is_match", "is_no_data",
    "is_no_data_recovery", "is_priority", "is_recovery", "is_renotify", "is_unknown", "is_warning",
    "is_warning_recovery", "is_warning_to_alert",
)  # fmt: skip


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for kind, content, at in pieces(subject.declared):
        name = content[1:].split()[0] if kind == "open" and content[1:].split() else ""
        if name and name not in _KNOWN:
            fix = did_you_mean(name, _KNOWN) or f"known: {', '.join(_KNOWN)}"
            yield Flaw(f"there is no condition `{name}`", MESSAGE, offset=at, fix=fix)


RULE = Rule(
    id="message-condition",
    severity="error",
    title="A condition that Datadog does not have",
    why="What stands inside of it is never sent.",
    fix="use one of Datadog's conditions",
    source=(
        'Datadog documentation, "Conditional variables"; holds for every monitor that Datadog ships with '
        "its integrations (2025-09)"
    ),
    applies=has_message,
    check=_check,
    bad='message: "{{#is_alarm}}down{{/is_alarm}}"',
    good='message: "{{#is_alert}}down{{/is_alert}}"',
)
