"""Rule request-target-per-second."""

from tests.autoscaling.lint.conftest import Lint


def test_a_target_that_looks_like_requests_a_second_is_found(lint: Lint) -> None:
    """And the fix says what it would be a minute."""
    (found,) = lint("policies:\n  - {id: r, metric: ALBRequestCountPerTarget, target: 25}\n")

    assert found.rule == "request-target-per-second"
    assert found.fix == "the target counts requests a minute: 25 a second is 1500"


def test_requests_a_minute_are_no_finding(lint: Lint) -> None:
    """Silence."""
    assert lint("policies:\n  - {id: r, metric: ALBRequestCountPerTarget, target: 1500}\n") == []
