"""group-retention: `group_retention_duration` out of range."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import has_option
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import window_of

_SHORTEST_S: Final = 3600
_LONGEST_S: Final = 72 * 3600


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    given = subject.options["group_retention_duration"]
    window = window_of(given) if isinstance(given, str) else None
    if window is None or not _SHORTEST_S <= window.seconds <= _LONGEST_S:
        yield Flaw(f"`group_retention_duration` cannot be {given}", ("options", "group_retention_duration"))


RULE = Rule(
    id="group-retention",
    severity="error",
    title="`group_retention_duration` out of range",
    why="Datadog keeps a silent group for one hour to three days.",
    fix="give 1h to 72h",
    source="OpenAPI of datadog-api-client 2.62.0, MonitorOptions",
    applies=has_option("group_retention_duration"),
    check=_check,
    bad=(
        "{type: log alert, query: "
        '\'logs("status:error").index("*").rollup("count").by("host").last("5m") > 4\', options: '
        "{group_retention_duration: 30m}}"
    ),
    good=(
        "{type: log alert, query: "
        '\'logs("status:error").index("*").rollup("count").by("host").last("5m") > 4\', options: '
        "{group_retention_duration: 30h}}"
    ),
)
