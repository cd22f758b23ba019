"""What the evaluator computes; everything else is parsed, and refused where a value is asked for."""

from typing import Final

EVALUATED_FUNCTIONS: Final = frozenset(
    {
        "abs", "clamp_max", "clamp_min", "cutoff_max", "cutoff_min", "default", "default_zero", "exclude_null", "log10",
        "log2", "round",
    }
)  # fmt: skip
EVALUATED_METHODS: Final = frozenset({"as_count", "as_rate", "fill", "rollup"})
EVALUATED_AGGREGATORS: Final = frozenset({"avg", "sum", "min", "max", "count"})
"""Over the series of a group."""
EVALUATED_WINDOW_AGGREGATORS: Final = frozenset({"avg", "sum", "min", "max"})
