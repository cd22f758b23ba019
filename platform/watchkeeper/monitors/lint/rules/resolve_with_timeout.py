"""resolve-with-timeout: `on_missing_data: resolve` with `timeout_h`."""

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
    if subject.options["on_missing_data"] == "resolve" and (option_number(subject, "timeout_h") or 0) != 0:
        path = ("options", "timeout_h")
        yield Flaw("`timeout_h` and `on_missing_data: resolve` exclude each other", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="resolve-with-timeout",
    severity="error",
    title="`on_missing_data: resolve` with `timeout_h`",
    why="Datadog refuses it: both say when silence ends an alert.",
    fix="keep one of the two",
    source="server rule that grosser/kennel 2.22 names (invalid_no_data_config)",
    applies=has_option("on_missing_data"),
    check=_check,
    bad="options: {on_missing_data: resolve, timeout_h: 2}",
    good="options: {on_missing_data: resolve, timeout_h: 0}",
)
