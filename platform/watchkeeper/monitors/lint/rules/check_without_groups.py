"""check-without-groups: a service check without `.by()`."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, is_check, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import CheckQuery


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if isinstance(query, CheckQuery) and not query.by and query.counts == "count_by_status":
        yield Flaw("nothing says whose results are counted", QUERY, offset=query.last_at)


RULE = Rule(
    id="check-without-groups",
    severity="error",
    title="A service check without `.by()`",
    why="Datadog refuses it: consecutive results are counted for each group.",
    fix='add `.by("host")`, or `.by("*")`',
    source=(
        "server rule that grosser/kennel 2.22 checks (query_must_include_by); holds for every monitor "
        "that Datadog ships with its integrations (2025-09)"
    ),
    applies=is_check,
    check=_check,
    bad=(
        '{type: service check, query: \'"http.can_connect".over("env:prod").last(3).count_by_status()\', '
        "options: {thresholds: {critical: 2}}}"
    ),
    good=(
        "{type: service check, query: "
        '\'"http.can_connect".over("env:prod").by("host").last(3).count_by_status()\', options: '
        "{thresholds: {critical: 2}}}"
    ),
)
