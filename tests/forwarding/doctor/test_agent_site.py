"""Rule agent-site."""

from tests.forwarding.doctor.conftest import Examine, agent, resource, task


def test_an_agent_of_another_site_is_found(doctor: Examine) -> None:
    """Its key is of no use there."""
    (found,) = doctor("agent-site", {"Task": task(agent(("DD_SITE", "datadoghq.com")))})

    assert "datadoghq.eu" in found.fix


def test_an_agent_without_a_site_speaks_to_the_american_one(doctor: Examine) -> None:
    """That is its default."""
    (found,) = doctor("agent-site", {"Task": task(agent())})

    assert "speaks to datadoghq.com" in found.what


def test_the_forwarder_is_judged_too(doctor: Examine) -> None:
    """Datadog's Lambda function has the same variable and the same default."""
    given = resource("AWS::Lambda::Function", Environment={"Variables": {"DD_API_KEY_SECRET_ARN": "arn:x"}})

    assert len(doctor("agent-site", {"Forwarder": given})) == 1


def test_the_projects_own_site_is_no_finding(doctor: Examine) -> None:
    """Silence; so is a container that only prepares the Agent's files."""
    setup = agent(Name="agent-setup", Secrets=[])

    assert doctor("agent-site", {"Task": task(agent(("DD_SITE", "datadoghq.eu")), setup)}) == []
