"""notify-by: `notify_by` names what the query is not grouped by."""

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
    keys = subject.options["notify_by"]
    groups = [group.lower() for group in groups_of(subject)]
    variables = subject.options.get("variables") or ()
    if "*" in groups or variables:
        return
    for index, key in enumerate(keys if isinstance(keys, list | tuple) else ()):
        if isinstance(key, str) and key != "*" and key.lower() not in groups:
            fix = did_you_mean(key, groups) or (f"known: {', '.join(groups)}" if groups else "add `by {...}` to the query")
            yield Flaw(f"the query is not grouped by `{key}`", ("options", "notify_by", index), fix=fix)


RULE = Rule(
    id="notify-by",
    severity="error",
    title="`notify_by` names what the query is not grouped by",
    why=(
        "Notifications can be bundled by the keys of the query only; Datadog refuses others."
    ),
    fix='name keys of `by {...}`, or `["*"]`',
    source=(
        'Datadog documentation, "Notification aggregation"; holds for every monitor that Datadog ships '
        "with its integrations (2025-09)"
    ),
    applies=lambda subject: is_read(subject) and bool(subject.options.get("notify_by")),
    check=_check,
    bad='{query: "avg(last_5m):avg:system.load.1{*} by {host,env} > 4", options: {notify_by: [service]}}',
    good='{query: "avg(last_5m):avg:system.load.1{*} by {host,env} > 4", options: {notify_by: [env]}}',
)
