"""Rule hostname-on-fargate."""

from tests.forwarding.doctor.conftest import Examine, agent, task


def test_a_host_name_in_a_fargate_task_is_found(doctor: Examine) -> None:
    """Datadog would bill each task as a host."""
    assert len(doctor("hostname-on-fargate", {"Task": task(agent(("DD_HOSTNAME", "x")))})) == 1


def test_a_task_on_instances_may_name_its_host(doctor: Examine) -> None:
    """There it is one."""
    given = task(agent(("DD_HOSTNAME", "x")), RequiresCompatibilities=["EC2"])

    assert doctor("hostname-on-fargate", {"Task": given}) == []
