"""Rule scaling-suspended."""

from tests.autoscaling.lint.conftest import CPU, Lint


def test_suspended_scaling_is_found(lint: Lint) -> None:
    """With everything that is suspended."""
    (found,) = lint(CPU + "suspended: {scale_in: true, schedules: true}\n")

    assert found.rule == "scaling-suspended"
    assert found.what == "scale_in and schedules of `api` are suspended in prod"


def test_nothing_suspended_is_no_finding(lint: Lint) -> None:
    """Silence."""
    assert lint(CPU + "suspended: {scale_in: false}\n") == []
