"""Rule dead-band."""

from tests.autoscaling.lint.conftest import CPU, HEAD, Lint


def test_a_small_service_is_told_when_it_gives_a_task_back(lint: Lint) -> None:
    """3 tasks become 2 below 2/3 of the target."""
    (found,) = lint(CPU.replace("55", "60"), rule="dead-band")

    assert found.what == "3 tasks become 2 only below 40 percent (target 60)"


def test_a_large_one_is_not(lint: Lint) -> None:
    """From ten tasks on the alarm's nine tenths bind."""
    assert lint(head=HEAD.replace("min: 2", "min: 9"), rule="dead-band") == []
