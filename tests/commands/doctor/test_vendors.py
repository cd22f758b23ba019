"""What the doctor asks of Datadog, PagerDuty and Slack."""

import pytest

from tests.commands.doctor.conftest import Stage, run

pytestmark = pytest.mark.emulator


@pytest.mark.parametrize(
    ("variable", "name", "told"),
    [
        ("DD_API_KEY", "datadog", "datadoghq.eu does not know the API key in DD_API_KEY"),
        ("DD_APP_KEY", "datadog", "datadoghq.eu refuses the application key in DD_APP_KEY"),
        ("PAGERDUTY_API_KEY", "pagerduty", "PagerDuty refuses the key in PAGERDUTY_API_KEY"),
        ("SLACK_BOT_TOKEN", "slack", "invalid_auth"),
    ],
)
def test_a_wrong_key_is_named_by_its_variable(stage: Stage, variable: str, name: str, told: str) -> None:
    """Never by its value."""
    first, *_ = stage.checks(name, **{variable: "wrong-value"})

    assert (first[0], told in first[1]) == ("missing", True)
    assert "wrong-value" not in str(first)


def test_a_missing_key_names_the_variable_to_set(stage: Stage) -> None:
    """Each vendor is asked for itself."""
    assert stage.checks("slack", SLACK_BOT_TOKEN="")[0][:2] == ("missing", "environment `stage` needs SLACK_BOT_TOKEN")


def test_a_slack_workspace_has_to_be_connected_in_datadog(stage: Stage) -> None:
    """That is done by hand, on Datadog's page."""
    stage.edit("slack_account: lighthouse", "slack_account: elsewhere")

    (found,) = stage.checks("datadog-slack")

    assert found[:2] == ("missing", "Datadog is not connected to the Slack workspace `elsewhere`")


def test_the_integration_is_synced_and_its_external_id_written_down(stage: Stage) -> None:
    """Undeclared it is a note; declared, first Datadog has to know the account, then the file the id."""
    file = stage.root / "platform" / "forwarding.yaml"
    undeclared = stage.checks("datadog-aws")
    file.write_text(file.read_text() + "\nintegration: {}\n")
    unknown = stage.checks("datadog-aws")
    done = run(stage, "forwarding", "sync", "--env", "stage")
    unwritten = stage.checks("datadog-aws")
    line = done.stderr.partition("write `")[2].partition("`")[0]
    file.write_text(file.read_text().replace("integration: {}", line.replace("integration: ", "integration: {") + "}"))

    assert [undeclared[0][0], unknown[0][0], unwritten[0][0]] == ["note", "missing", "missing"]
    assert unknown[0][2] == "watchkeeper forwarding sync --env stage"
    assert [state for state, _, _ in stage.checks("datadog-aws")] == ["ok"]


def test_people_who_are_no_users_are_missing_unless_they_are_invited(stage: Stage) -> None:
    """`creates_users` leaves that to `oncall sync`."""
    before = [state for state, _, _ in stage.checks("pagerduty")]
    stage.add("pagerduty: {creates_users: true, from_email: zoe@example.com}")
    after = [(state, told) for state, told, _ in stage.checks("pagerduty")]

    assert before == ["ok", *["missing"] * 4]
    assert after[1] == ("missing", "zoe@example.com is no PagerDuty user")
    assert [state for state, _ in after[2:]] == ["note"] * 4
