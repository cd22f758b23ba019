"""Rule slo-slices."""

import pytest

from tests.monitors.lint.twins import assert_twins, findings_of
from watchkeeper.monitors.lint.rules.slo_slices import RULE


def test_slo_slices_is_found_and_its_twin_is_not() -> None:
    """A condition that Datadog does not take."""
    assert_twins(RULE)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("threshold: 1", "threshold: much", "the threshold of the slices is no number"),
        ("threshold: 1", "threshold: 1, query_interval_seconds: 120", "slices of 120 s are not to be had"),
        ("{formula: q}", "{formula: q}, {formula: q}", "slices are measured by exactly one formula"),
        ("{formula: q}", "{formula: p / q}", "no query is named `p`"),
        ("{formula: q}", '{formula: "q +"}', "expected a metric, a function, a number or a bracket, found the end"),
        ("system.load.1{*}", "system.load.1{*", "unexpected `{`"),
    ],
    ids=["threshold", "length", "formulas", "variable", "formula", "query"],
)
def test_every_part_of_the_condition_is_looked_at(before: str, after: str, told: str) -> None:
    """What Datadog would refuse late and without a place."""
    assert before in RULE.good

    assert told in [each.problem.what for each in findings_of(RULE.good.replace(before, after))]
