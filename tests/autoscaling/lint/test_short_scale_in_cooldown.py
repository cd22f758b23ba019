"""Rule short-scale-in-cooldown."""

from tests.autoscaling.lint.conftest import CPU, Lint


def test_a_scale_in_cooldown_below_a_minute_is_found(lint: Lint) -> None:
    """At its place, also in an override."""
    (found,) = lint(CPU + "environments: {prod: {policies: {cpu: {scale_in_cooldown_s: 30}}}}\n")

    assert (found.rule, str(found.where)) == ("short-scale-in-cooldown", "autoscaling/api.yaml:6:61")


def test_a_minute_is_enough_and_no_scale_in_needs_none(lint: Lint) -> None:
    """Silence."""
    other = "  - {id: m, metric: ECSServiceAverageMemoryUtilization, target: 70, scale_in_cooldown_s: 0}\n"
    assert lint(CPU.replace("target: 55", "target: 55, scale_in_cooldown_s: 60")) == []
    assert lint(CPU + other.replace("}", ", disable_scale_in: true}")) == []
