"""Rule high-resolution-unused."""

from tests.autoscaling.lint.conftest import CPU, Lint

QUICK = CPU.replace("CPUUtilization", "CPUUtilizationHighResolution")


def test_a_20_second_metric_that_is_not_switched_on_is_found(lint: Lint) -> None:
    """It reads every 60 seconds."""
    (found,) = lint(QUICK)

    assert found.rule == "high-resolution-unused"
    assert "`cpu` reads every 60 s in prod" in found.what


def test_metrics_that_nobody_reads_are_found(lint: Lint) -> None:
    """CloudWatch charges for them."""
    (found,) = lint("high_resolution: on\n" + CPU)

    assert (found.rule, found.where.line if found.where else 0) == ("high-resolution-unused", 4)


def test_both_steps_of_the_roll_out_are_no_finding(lint: Lint) -> None:
    """`prepare`, then `on`."""
    assert lint("high_resolution: prepare\n" + QUICK) == []
    assert lint("high_resolution: on\n" + QUICK) == []
