"""units-mixed: a sum or difference of two units."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, expression_in, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Binary, Call, Expression, Metric, Modified, Negative
from watchkeeper.query.parts import parts_of


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    expression = expression_in(subject)
    for part in parts_of(expression) if expression is not None else ():
        if isinstance(part, Binary) and part.operator in "+-":
            left, right = (_unit(side, context) for side in (part.left, part.right))
            if left and right and left != right:
                yield Flaw(f"{left}s and {right}s are computed with each other", QUERY, offset=part.operator_at)


def _unit(expression: Expression, context: Context) -> str:
    """The unit of a value, empty where it is not known."""
    match expression:
        case Metric(name=name):
            facts = context.catalogue.get(name)
            return facts.unit if facts is not None else ""
        case Negative(operand=operand) | Modified(operand=operand):
            return _unit(operand, context)
        case Call(name="abs" | "default_zero" | "default" | "exclude_null", operand=operand):
            return _unit(operand, context)
        case _:
            return ""


RULE = Rule(
    id="units-mixed",
    severity="warning",
    title="A sum or difference of two units",
    why="Seconds and milliseconds, or bytes and percent, add up to nothing.",
    fix="convert one side first",
    source="units in the metric catalogue",
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_5m):avg:aws.rds.read_latency{*} + avg:aws.rds.commit_latency{*} > 0.5"',
    good='query: "avg(last_5m):avg:aws.rds.read_latency{*} + avg:aws.rds.write_latency{*} > 0.5"',
)
