"""future-timeshift: a shift into the future."""

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
    for call in calls_of(subject, "timeshift"):
        for argument in call.arguments:
            if isinstance(argument, Number) and argument.value > 0:
                edit = Edit(QUERY, f"-{plain_number(argument.value)}", (argument.at, argument.end))
                yield Flaw(f"{plain_number(argument.value)} s lie in the future", QUERY, offset=argument.at, edit=edit)


RULE = Rule(
    id="future-timeshift",
    severity="error",
    title="A shift into the future",
    why=(
        "A positive number of seconds shifts to what has not happened yet; there is never data."
    ),
    fix="write negative seconds: `timeshift(query, -3600)`",
    source='Datadog documentation, "Timeshift functions"',
    applies=has_call("timeshift"),
    check=_check,
    bad='query: "avg(last_5m):timeshift(avg:system.load.1{*}, 3600) > 4"',
    good='query: "avg(last_5m):timeshift(avg:system.load.1{*}, -3600) > 4"',
)
