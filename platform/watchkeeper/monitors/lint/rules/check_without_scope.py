"""check-without-scope: a service check over nothing."""

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
    query = query_of(subject)
    if isinstance(query, CheckQuery) and not [tag for tag in query.over if tag.plain.strip()]:
        yield Flaw("`.over()` names no tag", QUERY, offset=max(subject.text.find(".over"), 0))


RULE = Rule(
    id="check-without-scope",
    severity="error",
    title="A service check over nothing",
    why='`.over()` must name a tag, or `"*"` for all; Datadog refuses an empty one.',
    fix='write `.over("*")`, or the tags',
    source='Datadog documentation, "Service check monitor"',
    applies=is_check,
    check=_check,
    bad="{type: service check, query: '\"http.can_connect\".over(\"\").by(\"host\").last(3).count_by_status()', options: {thresholds: {critical: 2}}}",
    good="{type: service check, query: '\"http.can_connect\".over(\"env:prod\").by(\"host\").last(3).count_by_status()', options: {thresholds: {critical: 2}}}",
)
