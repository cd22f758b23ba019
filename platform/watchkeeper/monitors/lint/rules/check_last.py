"""check-last: a service check that looks at too few results."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, is_check, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number
from watchkeeper.query.forms import CheckQuery

_MOST: Final = 100


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, CheckQuery):
        return
    levels = [number for name in ("critical", "warning", "ok") if (number := subject.threshold(name)) is not None]
    if not 1 <= query.last <= _MOST:
        yield Flaw(f"`.last({query.last})` is not between 1 and {_MOST}", QUERY, offset=query.last_at)
    elif query.counts == "count_by_status" and query.last < max(levels, default=1.0):
        what = f"the last {query.last} results can never hold {plain_number(max(levels))} in a row"
        yield Flaw(what, QUERY, offset=query.last_at)


RULE = Rule(
    id="check-last",
    severity="error",
    title="A service check that looks at too few results",
    why=(
        "A status must be seen as often in a row as its threshold says; `.last(n)` keeps fewer results "
        "than that, so it never is. Datadog takes 1 to 100."
    ),
    fix="make `.last(n)` larger than the largest threshold",
    source=(
        "server rule that grosser/kennel 2.22 follows; holds for every monitor that Datadog ships with "
        "its integrations (2025-09)"
    ),
    applies=is_check,
    check=_check,
    bad=(
        "{type: service check, query: "
        '\'"http.can_connect".over("env:prod").by("host").last(1).count_by_status()\', options: '
        "{thresholds: {critical: 2}}}"
    ),
    good=(
        "{type: service check, query: "
        '\'"http.can_connect".over("env:prod").by("host").last(3).count_by_status()\', options: '
        "{thresholds: {critical: 2}}}"
    ),
)
