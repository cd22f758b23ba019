"""option-not-for-type: an option that this type of monitor does not take."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_WITHOUT: Final = ("composite", "service check", "slo alert")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.options.get("on_missing_data") is not None:
        path = ("options", "on_missing_data")
        yield Flaw(f"a `{subject.type}` takes no `on_missing_data`", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="option-not-for-type",
    severity="error",
    title="An option that this type of monitor does not take",
    why='Datadog refuses it: "Invalid monitor option: on_missing_data".',
    fix="remove the option",
    source=(
        "answer of the API quoted in DataDog/terraform-provider-datadog#2291; grosser/kennel 2.22; "
        "DataDog/datadog-sync-cli"
    ),
    applies=lambda subject: subject.type in _WITHOUT,
    check=_check,
    bad="{type: composite, query: 12 && 34, options: {on_missing_data: default}}",
    good="{type: composite, query: 12 && 34, options: {on_missing_data: null}}",
)
