"""query-syntax: the query cannot be read."""

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

_CORRECTION: Final = re.compile(r"did you mean `([^`]+)`\?")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    err = subject.query
    if err is None:
        yield Flaw("the monitor has no query", fix="add `query`")
    if not isinstance(err, QuerySyntaxError):
        return
    what = f"{err.message} (character {err.column} of the query)"
    yield Flaw(what, QUERY, offset=err.at, fix=err.fix, edit=_correction(err, subject.text))


def _correction(err: QuerySyntaxError, text: str) -> Edit | None:
    """The one near word in place of the unknown one."""
    found = _CORRECTION.fullmatch(err.fix)
    word = re.match(r"[A-Za-z_][A-Za-z0-9_]*", text[err.at :])
    return Edit(QUERY, found[1], (err.at, err.at + word.end())) if found and word else None


RULE = Rule(
    id="query-syntax",
    severity="error",
    title="The query cannot be read",
    why=(
        "Datadog answers a wrong query with the one sentence \"The value provided for parameter 'query' is "
        'invalid", and only when it is sent.'
    ),
    fix="mend the query at the character that is named",
    source=(
        "recorded answer of POST /api/v1/monitor/validate: \"The value provided for parameter 'query' is "
        'invalid"'
    ),
    applies=lambda subject: is_monitor(subject) and (subject.query is not None or "query" not in subject.body),
    check=_check,
    bad='query: "avg(last_5m):avg:system.load.1{*}.as_cuont() > 4"',
    good='query: "avg(last_5m):avg:system.load.1{*}.as_count() > 4"',
)
