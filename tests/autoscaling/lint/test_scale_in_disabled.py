"""Rule scale-in-disabled."""

from tests.autoscaling.lint.conftest import CPU, Lint

ONLY_UP = CPU.replace("target: 55", "target: 55, disable_scale_in: true")


def test_a_service_that_never_shrinks_is_found(lint: Lint) -> None:
    """Every policy has its scale-in disabled."""
    (found,) = lint(ONLY_UP)

    assert found.rule == "scale-in-disabled"


def test_a_scheduled_maximum_takes_tasks_away_too(lint: Lint) -> None:
    """Silence."""
    assert lint(ONLY_UP + "schedules:\n  - {id: night, schedule: cron(0 22 * * ? *), max: 3}\n") == []
    assert lint(CPU) == []
