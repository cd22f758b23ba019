"""composite-thresholds: a composite with thresholds."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import THRESHOLDS, has_type
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if any(value is not None for value in subject.thresholds.values()):
        yield Flaw("a composite takes no thresholds", THRESHOLDS, on_key=True, edit=Edit(THRESHOLDS, REMOVE))


RULE = Rule(
    id="composite-thresholds",
    severity="error",
    title="A composite with thresholds",
    why="A composite combines states, it compares no number; Datadog refuses thresholds.",
    fix="remove the thresholds",
    source="server rule that grosser/kennel 2.22 names",
    applies=has_type("composite"),
    check=_check,
    bad="{type: composite, query: 12 && 34, options: {thresholds: {critical: 1}}}",
    good="{type: composite, query: 12 && 34, options: {thresholds: {critical: null}}}",
)
