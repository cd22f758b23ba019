"""event-recovery: an event monitor with a recovery threshold."""

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
    for name in ("critical_recovery", "warning_recovery"):
        if subject.thresholds.get(name) is not None:
            path = (*THRESHOLDS, name)
            yield Flaw(f"an event monitor takes no `{name}`", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="event-recovery",
    severity="error",
    title="An event monitor with a recovery threshold",
    why='Datadog refuses it: "Invalid threshold statuses found: critical_recovery."',
    fix="remove the recovery threshold",
    source="answer of the API quoted in DataDog/terraform-provider-datadog#1401",
    applies=has_type("event-v2 alert", "event alert"),
    check=_check,
    bad="{type: event-v2 alert, query: 'events(\"source:deploy\").rollup(\"count\").last(\"5m\") > 4', options: {thresholds: {critical: 4, critical_recovery: 3}}}",
    good="{type: event-v2 alert, query: 'events(\"source:deploy\").rollup(\"count\").last(\"5m\") > 4', options: {thresholds: {critical: 4, critical_recovery: null}}}",
)
