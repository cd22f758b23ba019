"""Step scaling: the size of the breach to an adjustment, and the adjustment to a count. Pure.

Source: Application Auto Scaling user guide, "Step scaling policies": bounds, rounding of percentages, and the smallest
change.
"""

import math

from watchkeeper.autoscaling.model import AdjustmentType, Step, StepPolicy


def step_for(policy: StepPolicy, value: float) -> Step | None:
    """The step whose interval holds the distance of `value` from the threshold.

    Above the threshold the lower bound belongs to the interval; below it, the upper one.
    """
    distance = round(value - policy.threshold, 9)
    is_above = policy.comparison.startswith("Greater")
    for step in policy.steps:
        lower = -math.inf if step.lower is None else step.lower
        upper = math.inf if step.upper is None else step.upper
        if (lower <= distance < upper) if is_above else (lower < distance <= upper):
            return step
    return None


def adjusted(running: int, change: int, adjustment: AdjustmentType, min_adjustment: int = 0) -> int:
    """The count after an adjustment of `running` tasks; bounds are not applied."""
    if adjustment == "ExactCapacity":
        return change
    if adjustment == "ChangeInCapacity":
        return running + change
    tasks = rounded(running * change / 100)
    if change and abs(tasks) < min_adjustment:
        tasks = min_adjustment if change > 0 else -min_adjustment
    return running + tasks


def rounded(tasks: float) -> int:
    """A fraction of tasks as AWS rounds it: toward zero, save that less than one task is one task."""
    if 0 < tasks < 1:
        return 1
    return -1 if -1 < tasks < 0 else math.trunc(tasks)


def wanted_count(policy: StepPolicy, value: float, running: int) -> int | None:
    """The count that the policy asks for at that value, None when no step covers it."""
    step = step_for(policy, value)
    if step is None:
        return None
    return max(0, adjusted(running, step.change, policy.adjustment, policy.min_adjustment))
