"""forecast-direction: a forecast watched from the wrong side."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, has_call, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import MonitorQuery


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, MonitorQuery) or query.comparator not in (">", ">=", "<", "<="):
        return
    wanted = "max" if query.comparator.startswith(">") else "min"
    if query.aggregator != wanted:
        edit = Edit(QUERY, wanted, (0, len(query.aggregator))) if subject.text.startswith(query.aggregator) else None
        yield Flaw(f"`{query.aggregator}` with `{query.comparator}`, `{wanted}` is meant", QUERY, offset=0, edit=edit)


RULE = Rule(
    id="forecast-direction",
    severity="warning",
    title="A forecast watched from the wrong side",
    why=(
        "Above the threshold `max(next_...)` asks whether any point may cross it, below it `min`; the "
        "other one asks whether every point does, which comes too late."
    ),
    fix="use `max` with `>` and `min` with `<`",
    source='Datadog documentation, "Forecasts monitor"',
    applies=has_call("forecast"),
    check=_check,
    bad=("query: \"min(next_1w):forecast(avg:system.disk.in_use{*} by {host}, 'linear', 1, interval='60m') >= 0.9\""),
    good=("query: \"max(next_1w):forecast(avg:system.disk.in_use{*} by {host}, 'linear', 1, interval='60m') >= 0.9\""),
)
