"""Rule cpu-target-too-high."""

from tests.autoscaling.lint.conftest import CPU, Lint


def test_a_high_cpu_target_alone_is_found(lint: Lint) -> None:
    """At 90 percent one action adds a ninth of the tasks."""
    (found,) = lint(CPU.replace("55", "90"))

    assert (found.rule, found.where.line if found.where else 0) == ("cpu-target-too-high", 5)
    assert "multiplies the tasks by 1.11 at most" in found.what


def test_requests_beside_it_make_up_for_it(lint: Lint) -> None:
    """They do not saturate."""
    assert lint(CPU.replace("55", "90") + "  - {id: r, metric: ALBRequestCountPerTarget, target: 900}\n") == []


def test_eighty_is_not_too_high(lint: Lint) -> None:
    """Nor is anything below."""
    assert lint(CPU.replace("55", "80")) == []
