"""Rule min-below-zones."""

from tests.autoscaling.lint.conftest import HEAD, Lint


def test_one_task_where_zones_are_paid_for_is_found(lint: Lint) -> None:
    """Production has a NAT gateway in each zone, so it means to survive the loss of one."""
    (found,) = lint(head=HEAD.replace("min: 2", "min: 1"))

    assert (found.rule, str(found.where)) == ("min-below-zones", "autoscaling/api.yaml:2:6")


def test_a_small_environment_may_run_on_one(lint: Lint) -> None:
    """Silence in dev."""
    assert lint(head=HEAD.replace("min: 2", "min: 1"), env="dev") == []
