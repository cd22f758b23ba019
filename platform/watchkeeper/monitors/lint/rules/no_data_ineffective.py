"""no-data-ineffective: `no_data_timeframe` that nothing uses."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_option
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.options.get("notify_no_data") is not True:
        path = ("options", "no_data_timeframe")
        yield Flaw(
            "`no_data_timeframe` counts only with `notify_no_data: true`", path, on_key=True, edit=Edit(path, REMOVE)
        )


RULE = Rule(
    id="no-data-ineffective",
    severity="info",
    title="`no_data_timeframe` that nothing uses",
    why="It counts only with `notify_no_data: true`.",
    fix="set `notify_no_data: true`, or remove it",
    source='Datadog documentation, "Configure monitors", no data',
    applies=has_option("no_data_timeframe"),
    check=_check,
    bad="options: {notify_no_data: false, no_data_timeframe: 20}",
    good="options: {notify_no_data: true, no_data_timeframe: 20}",
)
