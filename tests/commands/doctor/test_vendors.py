"""What the doctor asks of Datadog, PagerDuty and Slack."""

import json
import time

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
    """First Datadog has to know the account, then the file the id, then the role has to stand and ask for it."""
    file = stage.root / "platform" / "forwarding.yaml"
    unknown = stage.checks("datadog-aws")
    done = run(stage, "forwarding", "sync", "--env", "stage")
    unwritten = stage.checks("datadog-aws")
    issued = done.stderr.partition("{stage: ")[2].partition("}")[0]
    file.write_text(file.read_text().replace("  external_ids:\n", f"  external_ids:\n    stage: {issued}\n"))

    assert [unknown[0][0], unwritten[0][0]] == ["missing", "missing"]
    assert unknown[0][2] == "watchkeeper forwarding sync --env stage"
    assert [state for state, _, _ in stage.checks("datadog-aws")] == ["ok"]
    absent = stage.checks("datadog-role")
    for external_id, state in (("0" * 32, "missing"), (issued, "ok")):
        put_role(stage, external_id)
        assert [found for found, _, _ in stage.checks("datadog-role")] == [state]
    assert absent[0][:2] == ("missing", "there is no role DatadogIntegrationRole, so Datadog reads no tags")
    assert absent[0][2] == "cdk deploy -c env=stage stage-Forwarding"


def test_metrics_of_aws_have_to_carry_the_environment(stage: Stage) -> None:
    """Monitors look by it. The canary arrives without, since it is of no resource that could have tags."""
    file = stage.root / "platform" / "forwarding.yaml"
    issued = run(stage, "forwarding", "sync", "--env", "stage").stderr.partition("{stage: ")[2].partition("}")[0]
    file.write_text(file.read_text().replace("  external_ids:\n", f"  external_ids:\n    stage: {issued}\n"))
    series = stage.sandbox.datadog.store.series
    at = int(time.time()) - 600
    name = "aws.applicationelb.healthy_host_count"
    series.add(name, frozenset({"loadbalancer:app/x", "env:prod"}), at, 4.0, kind="gauge", interval_s=60)
    before = stage.checks("datadog-tags")
    series.add(name, frozenset({"loadbalancer:app/y", "env:stage"}), at, 4.0, kind="gauge", interval_s=60)

    assert before[0][0] == "note"
    assert "no aws.applicationelb.healthy_host_count with env:stage" in before[0][1]
    assert stage.checks("datadog-tags") == [("ok", "metrics of AWS carry env:stage", "")]


def test_without_an_integration_of_ours_somebody_else_has_to_have_one(stage: Stage) -> None:
    """Without tags no metric of AWS is found by a monitor, so an account that Datadog does not know is missing."""
    file = stage.root / "platform" / "forwarding.yaml"
    declared = file.read_text()
    file.write_text(declared.partition("\nintegration:")[0])
    unknown = stage.checks("datadog-aws")
    file.write_text(declared)
    run(stage, "forwarding", "sync", "--env", "stage")
    file.write_text(declared.partition("\nintegration:")[0])

    assert unknown[0][0] == "missing"
    assert "no metric of AWS carries env, service and team" in unknown[0][1]
    assert [state for state, _, _ in stage.checks("datadog-aws")] == ["ok"]


def put_role(stage: Stage, external_id: str) -> None:
    """As the stack Forwarding makes it."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::464622532012:root"},
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam, name = stage.client("iam"), "DatadogIntegrationRole"
    if any(role["RoleName"] == name for role in iam.list_roles()["Roles"]):
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    else:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)


def test_people_who_are_no_users_are_missing_unless_they_are_invited(stage: Stage) -> None:
    """`creates_users` leaves that to `oncall sync`."""
    before = [state for state, _, _ in stage.checks("pagerduty")]
    stage.add("pagerduty: {creates_users: true, from_email: zoe@example.com}")
    after = [(state, told) for state, told, _ in stage.checks("pagerduty")]

    assert before == ["ok", *["missing"] * 4]
    assert after[1] == ("missing", "zoe@example.com is no PagerDuty user")
    assert [state for state, _ in after[2:]] == ["note"] * 4
