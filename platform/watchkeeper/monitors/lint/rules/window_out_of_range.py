"""window-out-of-range: a window that this type of monitor does not allow."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, has_windowed_kind, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import ChangeQuery, MonitorQuery, SearchQuery

_SHORTEST_S: Final = 60
_LONGEST_S: Final = 730 * 3600
_LONGEST_SEARCH_S: Final = 2 * 86_400


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, MonitorQuery | ChangeQuery | SearchQuery):
        return
    window = query.window
    longest = _LONGEST_SEARCH_S if isinstance(query, SearchQuery) else _LONGEST_S
    if window.kind == "last" and not _SHORTEST_S <= window.seconds <= longest:
        limit = "2 days" if isinstance(query, SearchQuery) else "730 hours"
        yield Flaw(f"{window.text} is not between 1 minute and {limit}", QUERY, offset=window.at)


RULE = Rule(
    id="window-out-of-range",
    severity="error",
    title="A window that this type of monitor does not allow",
    why=("Datadog refuses a metric window below a minute or above a month, and a search window above two days."),
    fix="choose a window inside of the range",
    source='Datadog documentation, "Monitors API", "Log monitor"',
    applies=has_windowed_kind,
    check=_check,
    bad='{type: log alert, query: \'logs("status:error").index("*").rollup("count").last("3d") > 4\'}',
    good='{type: log alert, query: \'logs("status:error").index("*").rollup("count").last("2d") > 4\'}',
)
