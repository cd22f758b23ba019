"""custom-schedule: a custom schedule without `on_missing_data`."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject, value_at


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    path = ("options", "scheduling_options", "custom_schedule")
    if subject.options.get("on_missing_data") is None:
        yield Flaw("a custom schedule needs `on_missing_data`", path, on_key=True)


RULE = Rule(
    id="custom-schedule",
    severity="error",
    title="A custom schedule without `on_missing_data`",
    why="Datadog demands `on_missing_data` for a monitor on a schedule of its own.",
    fix="add `on_missing_data: default`",
    source="DataDog/datadog-sync-cli adds it before it sends such a monitor",
    applies=lambda subject: (
        is_monitor(subject) and value_at(subject.options, ("scheduling_options", "custom_schedule")) is not None
    ),
    check=_check,
    bad=(
        "options: {on_missing_data: null, scheduling_options: {custom_schedule: {recurrences: [{rrule: "
        '"FREQ=DAILY", timezone: UTC}]}}}'
    ),
    good=(
        "options: {on_missing_data: default, scheduling_options: {custom_schedule: {recurrences: [{rrule: "
        '"FREQ=DAILY", timezone: UTC}]}}}'
    ),
)
