"""recovery-without-handle: a handle that hears of the alert, not of its end."""

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

_ALERT: Final = Transition(0, (), "OK", "Alert", 1.0, 1.0, 0, notifies=True)
_RECOVERY: Final = Transition(0, (), "Alert", "OK", 0.0, 1.0, 0, notifies=True)


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    try:
        told, ended = (render_transition("", subject.message, change).recipients for change in (_ALERT, _RECOVERY))
    except MessageSyntaxError:
        return
    for handle in told:
        if handle not in ended and handle.startswith(("pagerduty", "webhook", "opsgenie")):
            offset = max(subject.declared.find(f"@{handle}"), 0)
            yield Flaw(f"`@{handle}` never hears of the recovery", MESSAGE, offset=offset)


RULE = Rule(
    id="recovery-without-handle",
    severity="warning",
    title="A handle that hears of the alert, not of its end",
    why=(
        "An incident is closed by the recovery notification; a handle inside of `{{#is_alert}}` never "
        "gets one, and the incident stays open."
    ),
    fix="put the handle outside of the block, or into `{{#is_recovery}}` too",
    source=(
        'Datadog documentation, "PagerDuty integration": the resolve is sent with the recovery'
    ),
    applies=lambda subject: has_message(subject) and "@" in subject.message,
    check=_check,
    bad='message: "{{#is_alert}}down @pagerduty-api{{/is_alert}}"',
    good='message: "{{#is_alert}}down{{/is_alert}} @pagerduty-api"',
)
