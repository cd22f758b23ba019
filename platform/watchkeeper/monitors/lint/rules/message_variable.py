"""message-variable: a variable of the message that is always empty."""

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

_NAMED: Final = re.compile(r"\[?([A-Za-z0-9_./-]+?)\]?\.name")
_HOST_TAGS: Final = ("host", "*")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if query is None:
        return
    groups = {key.lower() for key in groups_of(subject)}
    known = groups | {tag.partition(":")[0] for tag in tags_of(query)}
    # Grouped by host, a message may name every tag that the host has; nobody knows them offline.
    if groups & set(_HOST_TAGS) or not metrics_of(subject):
        known.add("host")
    for kind, content, at in pieces(subject.declared):
        found = _NAMED.fullmatch(content) if kind in ("variable", "plain") else None
        if found and found[1].lower() not in known:
            fix = did_you_mean(found[1], known) or f"add `{found[1]}` to `by {{...}}`"
            yield Flaw(f"`{{{{{content}}}}}` is always empty: the query drops `{found[1]}`", MESSAGE, offset=at, fix=fix)


RULE = Rule(
    id="message-variable",
    severity="warning",
    title="A variable of the message that is always empty",
    why=(
        "`{{key.name}}` has a value only if the query is split by the key, or names it in its filter."
    ),
    fix="add the key to `by {...}`, or use another one",
    source=(
        'Datadog documentation, "Tag variables"; grosser/kennel 2.22 (invalid_variable_used_in_message)'
    ),
    applies=lambda subject: has_message(subject) and has_metrics(subject),
    check=_check,
    bad='{query: "avg(last_5m):avg:system.load.1{*} by {host} > 4", message: "{{pod.name}} is slow"}',
    good='{query: "avg(last_5m):avg:system.load.1{*} by {host} > 4", message: "{{host.name}} is slow"}',
)
