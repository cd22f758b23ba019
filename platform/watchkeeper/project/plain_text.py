"""How a value reads inside a text: as Datadog, YAML and people write it, not as Python does."""

from decimal import Decimal


def plain_text(value: object) -> object:
    """`true`, `5`, `0.05`, `a, b`: for booleans, whole and broken numbers, lists. Text and templates pass unchanged.

    Raises ValueError for None: a name without a value in the middle of a query is a mistake, never the word "None".
    """
    if value is None:
        raise ValueError("the name has no value here")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - beyond it a float is no exact integer
            return str(int(value))
        return format(Decimal(repr(value)), "f")
    if isinstance(value, list | tuple):
        return ", ".join(str(plain_text(item)) for item in value)
    return value
