"""Rule schedule-skipped."""

from tests.autoscaling.lint.conftest import CPU, Lint

ACTION = "schedules:\n  - {id: up, schedule: cron(30 2 * * ? *), timezone: Europe/Berlin, min: 4}\n"


def test_an_action_in_the_skipped_hour_is_found_with_the_day(lint: Lint) -> None:
    """Half past two does not exist in Berlin on the last Sunday of March."""
    (found,) = lint(CPU + ACTION)

    assert found.rule == "schedule-skipped"
    assert found.what == "`up` does not run on 2026-03-29 02:30: the clocks of Europe/Berlin go forward over it"


def test_other_hours_and_utc_are_no_finding(lint: Lint) -> None:
    """Silence."""
    assert lint(CPU + ACTION.replace("30 2", "30 8")) == []
    assert lint(CPU + ACTION.replace("Europe/Berlin", "UTC")) == []
