"""What Datadog's AWS integration learns of an account, and what has to stand before it does."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.sandbox.conftest import ACCOUNTS, REGION
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.crawl import crawl
from watchkeeper.sandbox.process import Accounts, AwsAccount, Sandbox, start_sandbox

pytestmark = pytest.mark.emulator
ACCOUNT = ACCOUNTS["local"]
ROLE = "DatadogIntegrationRole"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    accounts = Accounts(
        owner_email="ana@example.com", slack_account="lighthouse", aws=AwsAccount(ACCOUNT, REGION, "intake.invalid")
    )
    running = start_sandbox(tmp_path, accounts, pid=os.getpid(), now=1_764_000_000)
    yield running
    running.close()
    remove_record(tmp_path)


@pytest.fixture
def cloud(sandbox: Sandbox) -> Cloud:
    """With one cluster that is tagged."""
    assert sandbox.aws is not None
    found = Cloud(sandbox.aws, REGION)
    found.client("ecs").create_cluster(clusterName="theirs", tags=[{"key": "env", "value": "local"}])
    return found


def learned(sandbox: Sandbox) -> frozenset[str]:
    return sandbox.datadog.aws_tags.of({"ClusterName": "theirs"})


def make_known(sandbox: Sandbox) -> str:
    """Over HTTP, as `forwarding sync` does; gives the external id."""
    keys = sandbox.record.keys
    headers = {"DD-API-KEY": keys["datadog_api_key"], "DD-APPLICATION-KEY": keys["datadog_app_key"]}
    given = {"aws_account_id": ACCOUNT, "aws_partition": "aws", "auth_config": {"role_name": ROLE}}
    answer = httpx.post(
        f"{sandbox.record.urls['datadog']}/api/v2/integration/aws/accounts",
        json={"data": {"type": "account", "attributes": given}}, headers=headers, trust_env=False,
    )  # fmt: skip
    return str(answer.raise_for_status().json()["data"]["attributes"]["auth_config"]["external_id"])


def put_role(cloud: Cloud, external_id: str) -> None:
    statement = {
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::464622532012:root"},
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }  # fmt: skip
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)


def test_tags_are_read_once_the_account_is_known_and_its_role_asks_for_the_external_id(
    sandbox: Sandbox, cloud: Cloud
) -> None:
    """Neither alone is enough."""
    unknown = crawl(sandbox, cloud, ACCOUNT)
    external_id = make_known(sandbox)
    without_role = crawl(sandbox, cloud, ACCOUNT)
    before = learned(sandbox)
    put_role(cloud, external_id)

    assert (unknown, without_role, crawl(sandbox, cloud, ACCOUNT)) == (False, False, True)
    assert (before, learned(sandbox)) == (frozenset(), frozenset({"env:local"}))


def test_a_role_that_asks_for_another_external_id_lets_nobody_in(sandbox: Sandbox, cloud: Cloud) -> None:
    """It is of another organisation, or was never written into the file."""
    make_known(sandbox)
    put_role(cloud, "0" * 32)

    assert not crawl(sandbox, cloud, ACCOUNT)
    assert learned(sandbox) == frozenset()


def test_somebody_elses_integration_is_taken_at_their_word(sandbox: Sandbox, cloud: Cloud) -> None:
    """A project that declares none leaves it to them; a reset forgets it."""
    sandbox.datadog.is_read_by_others = True
    assert crawl(sandbox, cloud, ACCOUNT)
    assert learned(sandbox) == {"env:local"}

    sandbox.datadog.reset()
    assert not crawl(sandbox, cloud, ACCOUNT)
