"""What an expression is made of: the parts of it, from left to right, and the same with other parts."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from watchkeeper.query.ast import (
    Argument,
    Binary,
    Call,
    Expression,
    Keys,
    Metric,
    Modified,
    Negative,
    Number,
    Variable,
)


def operands_of(expression: Expression) -> tuple[Expression, ...]:
    """The expressions right below one, from left to right; the queries among a function's arguments count."""
    match expression:
        case Binary(left=left, right=right):
            return (left, right)
        case Negative(operand=operand) | Modified(operand=operand):
            return (operand,)
        case Call(operand=operand, arguments=arguments):
            queries = (each for each in arguments if isinstance(each, Metric | Variable | Binary | Call | Modified))
            return (operand, *queries)
        case Metric() | Variable() | Number():
            return ()


def parts_of(expression: Expression) -> Sequence[Expression]:
    """An expression and everything below it, from left to right, the outer before the inner."""
    found: list[Expression] = []
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        found.append(part)
        waiting += operands_of(part)[::-1]
    return found


def metrics_of(expression: Expression) -> tuple[Metric, ...]:
    """Every metric in an expression, from left to right."""
    return tuple(part for part in parts_of(expression) if isinstance(part, Metric))


def group_keys(expression: Expression) -> tuple[str, ...]:
    """The keys by which the result is grouped: of the second aggregation, or of the first metric that has any."""
    if isinstance(expression, Call):
        again = next((each.keys for each in expression.arguments if isinstance(each, Keys)), None)
        if again is not None:
            return again
    if isinstance(expression, Metric):
        return expression.by
    return next((keys for each in operands_of(expression) if (keys := group_keys(each))), ())


def has_arithmetic(expression: Expression) -> bool:
    """Whether two expressions are computed with each other."""
    return any(isinstance(part, Binary) for part in parts_of(expression))


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
