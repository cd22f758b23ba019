"""log-no-data-timeframe: a log monitor with `no_data_timeframe`."""

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
    if subject.options.get("no_data_timeframe") is not None:
        path = ("options", "no_data_timeframe")
        yield Flaw("a log monitor takes no `no_data_timeframe`", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="log-no-data-timeframe",
    severity="error",
    title="A log monitor with `no_data_timeframe`",
    why=(
        "The option belongs to metric monitors; the web form refuses such a log monitor ever after."
    ),
    fix="use `on_missing_data`",
    source=(
        "server rule that grosser/kennel 2.22 names; holds for every monitor that Datadog ships with its "
        "integrations (2025-09)"
    ),
    applies=has_type("log alert"),
    check=_check,
    bad="{type: log alert, query: 'logs(\"status:error\").index(\"*\").rollup(\"count\").last(\"5m\") > 4', options: {notify_no_data: true, no_data_timeframe: 20}}",
    good="{type: log alert, query: 'logs(\"status:error\").index(\"*\").rollup(\"count\").last(\"5m\") > 4', options: {notify_no_data: true, no_data_timeframe: null}}",
)
