"""Expressions with other parts: a formula with queries in the place of its variables."""

from collections.abc import Callable
from dataclasses import replace

from watchkeeper.query.ast import (
    Argument,
    Binary,
    Call,
    Expression,
    Metric,
    Modified,
    Negative,
    Number,
    Variable,
)

Filling = Callable[[Variable | Call], Expression | None]
"""What stands for a variable, or for a function of one; None for what stays as it is."""


def with_parts(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The expression with the ones right below it changed, those among a function's arguments too."""

    def argument(part: Argument) -> Argument:
        return change(part) if isinstance(part, Metric | Variable | Binary | Negative | Call | Modified) else part

    match expression:
        case Binary(left=left, right=right):
            return replace(expression, left=change(left), right=change(right))
        case Negative(operand=operand) | Modified(operand=operand):
            return replace(expression, operand=change(operand))
        case Call(operand=operand, arguments=arguments):
            return replace(expression, operand=change(operand), arguments=tuple(map(argument, arguments)))
        case Metric() | Variable() | Number():
            return expression


def filled_in(expression: Expression, found: Filling) -> Expression:
    """The formula, filled in from the outside in."""
    whole = found(expression) if isinstance(expression, Variable | Call) else None
    return whole or with_parts(expression, lambda part: filled_in(part, found))
