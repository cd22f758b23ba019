"""A formula with queries in the place of its variables."""

from collections.abc import Callable

from watchkeeper.query.ast import Call, Expression, Variable
from watchkeeper.query.parts import with_parts

Filling = Callable[[Variable | Call], Expression | None]
"""What stands for a variable, or for a function of one; None for what stays as it is."""


def filled_in(expression: Expression, found: Filling) -> Expression:
    """The formula, filled in from the outside in."""
    whole = found(expression) if isinstance(expression, Variable | Call) else None
    return whole or with_parts(expression, lambda part: filled_in(part, found))
