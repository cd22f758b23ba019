"""What may be called in a query, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from watchkeeper.query.function_model import Function, Parameter
from watchkeeper.query.function_table import ROWS

SPACE_AGGREGATORS: Final = ("avg", "sum", "min", "max", "count")
WINDOW_AGGREGATORS: Final = ("avg", "sum", "min", "max", "percentile")

METHODS: Final[Mapping[str, tuple[Parameter, ...]]] = MappingProxyType(
    {
        "as_count": (),
        "as_rate": (),
        "fill": (
            Parameter("mode", "text", is_optional=True),
            Parameter("limit", "number", is_optional=True),
        ),
        "rollup": (
            Parameter("aggregator", "text", is_optional=True),
            Parameter("interval", "text", is_optional=True),
            Parameter("start", "text", is_optional=True),
            Parameter("timezone", "text", is_optional=True),
        ),
        "weighted": (),
    }
)
"""The methods of a metric and what they take."""
FILL_MODES: Final = ("null", "linear", "last", "zero")
ROLLUP_AGGREGATORS: Final = ("avg", "sum", "min", "max", "count", "stddev")


FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {name: row for row in ROWS for name in (row.names or (row.name,))}
)
"""Every function by its name."""
