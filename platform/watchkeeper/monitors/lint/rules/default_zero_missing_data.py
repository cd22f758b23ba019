"""default-zero-missing-data: `default_zero()` with a rule for missing data."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_call
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.options.get("on_missing_data") not in (None, "default"):
        path = ("options", "on_missing_data")
        what = f"`default_zero` leaves nothing missing, so `{subject.options['on_missing_data']}` is refused"
        yield Flaw(what, path, edit=Edit(path, REMOVE))


RULE = Rule(
    id="default-zero-missing-data",
    severity="error",
    title="`default_zero()` with a rule for missing data",
    why=("With `default_zero` nothing is ever missing; Datadog accepts only `on_missing_data: default`."),
    fix="remove `on_missing_data`, or `default_zero`",
    source="server rule that grosser/kennel 2.22 names (invalid_no_data_config)",
    applies=has_call("default_zero"),
    check=_check,
    bad='{query: "avg(last_5m):default_zero(avg:system.load.1{*}) > 4", options: {on_missing_data: resolve}}',
    good='{query: "avg(last_5m):default_zero(avg:system.load.1{*}) > 4", options: {on_missing_data: default}}',
)
