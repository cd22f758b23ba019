"""query-syntax: the query cannot be read."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.lexer import QuerySyntaxError

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
        "recorded answer of POST /api/v1/monitor/validate: \"The value provided for parameter 'query' is invalid\""
    ),
    applies=lambda subject: is_monitor(subject) and (subject.query is not None or "query" not in subject.body),
    check=_check,
    bad='query: "avg(last_5m):avg:system.load.1{*}.fil(last) > 4"',
    good='query: "avg(last_5m):avg:system.load.1{*}.fill(last) > 4"',
)
