"""The table of functions and its pages."""

from pathlib import Path

import pytest

from scripts.function_pages import pages
from watchkeeper.query.evaluated import EVALUATED_FUNCTIONS
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.function_table import ROWS
from watchkeeper.query.functions import FUNCTIONS

LISTED = """
exclude_null default_zero top derivative per_second per_minute per_hour count_not_null count_nonzero monotonic_diff diff
dt throughput rate anomalies outliers forecast clamp_min clamp_max cutoff_min cutoff_max abs round log2 log10 cumsum
integral week_before day_before hour_before month_before timeshift calendar_shift autosmooth ewma_3 ewma_5 ewma_7
ewma_10 ewma_20 median_3 median_5 median_7 median_9 robust_trend trend_line piecewise_constant reduce min max sum avg
default rollup moving_rollup percentile top5_mean top20_l2norm bottom10_last bottom15_area
"""


@pytest.mark.parametrize("name", LISTED.split())
def test_every_function_in_use_is_known(name: str) -> None:
    """Those that Datadog's own assets and public monitors call."""
    assert name in FUNCTIONS


def test_the_evaluator_computes_nothing_that_the_parser_does_not_know() -> None:
    """Otherwise a page would be missing."""
    assert set(FUNCTIONS) >= EVALUATED_FUNCTIONS


def test_a_name_stands_in_one_row_only() -> None:
    """Families do not overlap."""
    names = [name for row in ROWS for name in (row.names or (row.name,))]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_fewest_arguments_are_enough_and_none_is_too_many(row: object) -> None:
    """As the signature says."""
    function = FUNCTIONS[row.name]  # type: ignore[attr-defined]
    shown = {"number": "1", "keys": "{host}"}
    arguments = [
        shown.get(each.kind, f"'{each.choices[0] if each.choices else 'x'}'")
        for each in function.parameters
        if not each.is_optional
    ]

    call = parse_expression(f"{function.name}({', '.join(('avg:a{*} by {host}', *arguments))})")

    assert call.name == function.name  # type: ignore[union-attr]


def test_every_function_has_a_page_and_every_page_is_fresh(root: Path) -> None:
    """Written by scripts/function_pages.py: run it when this fails."""
    folder = root / "docs" / "reference" / "functions"
    written = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}

    assert written == pages(), "run .venv/bin/python scripts/function_pages.py"
