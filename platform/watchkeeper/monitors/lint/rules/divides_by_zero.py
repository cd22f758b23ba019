"""divides-by-zero: a division by the number zero."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, expression_in
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Binary, Number
from watchkeeper.query.parts import parts_of


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    expression = expression_in(subject)
    for part in parts_of(expression) if expression is not None else ():
        if (
            isinstance(part, Binary)
            and part.operator == "/"
            and isinstance(part.right, Number)
            and part.right.value == 0
        ):
            yield Flaw("this divides by zero", QUERY, offset=part.operator_at)


RULE = Rule(
    id="divides-by-zero",
    severity="error",
    title="A division by the number zero",
    why="Every point is rejected, the monitor never has a value.",
    fix="divide by something else",
    source=(
        'Datadog documentation, "No data in monitors": points that divide by zero are dropped; the nan '
        "check of cloudflare/pint"
    ),
    applies=lambda subject: (
        any(isinstance(part, Binary) and part.operator == "/" for part in parts_of(expression))
        if (expression := expression_in(subject)) is not None
        else False
    ),
    check=_check,
    bad='query: "avg(last_5m):avg:system.load.1{*} / 0 > 4"',
    good='query: "avg(last_5m):avg:system.load.1{*} / 8 > 4"',
)
