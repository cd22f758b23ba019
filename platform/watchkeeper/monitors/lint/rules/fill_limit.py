"""fill-limit: a fill that reaches further than Datadog allows."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Number

_LONGEST_S: Final = 600


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        fill = metric.method("fill")
        for argument in fill.arguments[1:] if fill else ():
            if isinstance(argument, Number) and argument.value > _LONGEST_S:
                yield Flaw(f"a gap is filled for at most {_LONGEST_S} s", QUERY, offset=argument.at)


RULE = Rule(
    id="fill-limit",
    severity="warning",
    title="A fill that reaches further than Datadog allows",
    why="Gaps are filled for at most 600 seconds.",
    fix="fill for at most 600 s; use `default_zero` for longer gaps",
    source='Datadog documentation, "Interpolation"',
    applies=lambda subject: any(metric.method("fill") for metric in metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_5m):avg:system.load.1{*}.fill(last, 900) > 4"',
    good='query: "avg(last_5m):avg:system.load.1{*}.fill(last, 300) > 4"',
)
