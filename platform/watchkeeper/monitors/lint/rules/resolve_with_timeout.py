"""resolve-with-timeout: `on_missing_data: resolve` with `timeout_h`."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_option, option_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.options["on_missing_data"] == "resolve" and (option_number(subject, "timeout_h") or 0) != 0:
        path = ("options", "timeout_h")
        yield Flaw(
            "`timeout_h` and `on_missing_data: resolve` exclude each other", path, on_key=True, edit=Edit(path, REMOVE)
        )


RULE = Rule(
    id="resolve-with-timeout",
    severity="error",
    title="`on_missing_data: resolve` with `timeout_h`",
    why="Datadog refuses it: both say when silence ends an alert.",
    fix="keep one of the two",
    source="server rule that grosser/kennel 2.22 names (invalid_no_data_config)",
    applies=has_option("on_missing_data"),
    check=_check,
    bad="options: {on_missing_data: resolve, timeout_h: 2}",
    good="options: {on_missing_data: resolve, timeout_h: 0}",
)
