"""Step scaling: which step, and to which count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.autoscaling.model import AdjustmentType, Step, StepPolicy
from watchkeeper.autoscaling.step_scaling import adjusted, rounded, step_for

UP = StepPolicy(
    id="up",
    metric="ECSServiceAverageCPUUtilization",
    comparison="GreaterThanThreshold",
    threshold=60,
    steps=(Step(change=1, lower=0, upper=10), Step(change=3, lower=10)),
)
DOWN = StepPolicy(
    id="down",
    metric="ECSServiceAverageCPUUtilization",
    comparison="LessThanThreshold",
    threshold=40,
    steps=(Step(change=-1, lower=-10, upper=0), Step(change=-2, upper=-10)),
)


@pytest.mark.parametrize(
    ("policy", "value", "change"),
    [(UP, 60, 1), (UP, 69.9, 1), (UP, 70, 3), (UP, 59, None), (DOWN, 40, -1), (DOWN, 30.1, -1), (DOWN, 30, -2)],
)
def test_above_the_threshold_the_lower_bound_belongs_to_the_step_and_below_it_the_upper(
    policy: StepPolicy, value: float, change: int | None
) -> None:
    """As the documentation says of positive and negative bounds."""
    step = step_for(policy, value)

    assert (step.change if step else None) == change


@pytest.mark.parametrize(("tasks", "whole"), [(12.7, 12), (0.67, 1), (0, 0), (-0.58, -1), (-6.67, -6)])
def test_a_fraction_is_rounded_toward_zero_save_that_less_than_one_is_one(tasks: float, whole: int) -> None:
    """The documentation's own examples."""
    assert rounded(tasks) == whole


@pytest.mark.parametrize(
    ("running", "change", "adjustment", "smallest", "count"),
    [
        (4, 2, "ChangeInCapacity", 0, 6),
        (4, 9, "ExactCapacity", 0, 9),
        (10, 25, "PercentChangeInCapacity", 0, 12),
        (4, 25, "PercentChangeInCapacity", 2, 6),
        (4, -25, "PercentChangeInCapacity", 2, 2),
        (0, 50, "PercentChangeInCapacity", 2, 2),
    ],
)
def test_an_adjustment_gives_the_count(
    running: int, change: int, adjustment: AdjustmentType, smallest: int, count: int
) -> None:
    """The smallest change counts for percentages, in both directions."""
    assert adjusted(running, change, adjustment, smallest) == count


@given(value=st.floats(-1000, 1000, allow_nan=False))
def test_a_breach_finds_exactly_one_step(value: float) -> None:
    """Where the steps leave no hole."""
    assert (step_for(UP, value) is not None) == (round(value - 60, 9) >= 0)
