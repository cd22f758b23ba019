"""Rule step-beside-tracking."""

from tests.autoscaling.lint.conftest import CPU, Lint

STEP = """\
step_policies:
  - id: step
    metric: ECSServiceAverageCPUUtilization
    comparison: LessThanThreshold
    threshold: 20
    steps: [{upper: 0, change: -1}]
"""


def test_a_step_policy_that_scales_in_beside_target_tracking_is_found(lint: Lint) -> None:
    """It does not ask."""
    (found,) = lint(CPU + STEP)

    assert found.rule == "step-beside-tracking"


def test_one_that_only_adds_is_no_finding_and_one_alone_neither(lint: Lint) -> None:
    """Silence."""
    more = STEP.replace("LessThan", "GreaterThan").replace("upper: 0, change: -1", "lower: 0, change: 2")
    assert lint(CPU + more) == []
    assert lint(STEP) == []
