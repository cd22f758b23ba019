"""Three environments of two services each, through all that happens to them, in the emulated AWS.

One account holds all three, which is harder than an account for each: nothing may clash by name.
"""

import re
import shutil
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path

import pytest

from tests.base_infra.conftest import edited, image_of, synthesize
from watchkeeper.errors import RemoteError, UsageError
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.cdk import Cdk
from watchkeeper.sandbox.deploy import client
from watchkeeper.sandbox.judge.check import judge

pytestmark = [pytest.mark.emulator, pytest.mark.enable_socket]

ACCOUNT, REGION = "111111111111", "eu-west-1"
ENVIRONMENTS = ("dev", "stage", "prod")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    found = AwsEmulator(tmp_path_factory.mktemp("aws"), account=ACCOUNT, region=REGION, hosts={})
    found.start()
    yield found
    found.stop()


class Environments:
    """What is done to the three of them, and what AWS's own APIs tell afterwards."""

    def __init__(self, emulator: AwsEmulator, declared: str, folder: Path) -> None:
        self.emulator = emulator
        self.ask = lru_cache(partial(client, emulator=emulator, region=REGION))
        self.folder = folder
        zone = self.ask("route53").create_hosted_zone(Name="lighthouse.example.com", CallerReference="1")
        text = re.sub(r"(?<=[:\"])[1-9]{12}(?=[:\"])", ACCOUNT, declared)
        self.first_image = image_of(declared)
        self.text = edited(text, "Z0123456789ABCDEFGHIJ", zone["HostedZone"]["Id"].rpartition("/")[2])

    def cdk(self, name: str, text: str) -> Cdk:
        """The program over an assembly of the three environments."""
        out = self.folder / name
        synthesize(text, ",".join(ENVIRONMENTS), out)
        return Cdk(out, self.folder, self.emulator, self.ask)

    def stacks(self) -> dict[str, str]:
        pages = self.ask("cloudformation").get_paginator("describe_stacks").paginate()
        found = {stack["StackName"]: stack["StackStatus"] for page in pages for stack in page["Stacks"]}
        return {name: status for name, status in found.items() if name != "CDKToolkit"}

    def image(self, env: str) -> str:
        """What the service `api` runs now."""
        ecs = self.ask("ecs")
        (service,) = ecs.describe_services(cluster=f"lighthouse-{env}", services=["api"])["services"]
        task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
        (image,) = [each["image"] for each in task["containerDefinitions"] if each["name"] == "api"]
        return str(image).rpartition("/")[2]

    def running(self, env: str) -> set[str]:
        arns = self.ask("ecs").list_services(cluster=f"lighthouse-{env}")["serviceArns"]
        return {arn.rpartition("/")[2] for arn in arns}

    def mismatches(self, out: Path, only: str = "") -> list[str]:
        """What is not as the templates say. only: of stacks with that in their name."""
        chosen = self.folder / "chosen"
        shutil.rmtree(chosen, ignore_errors=True)
        chosen.mkdir()
        for template in out.glob("*.template.json"):
            if only in template.name:
                shutil.copy(template, chosen)
        return [str(each) for each in judge(chosen, self.ask, ACCOUNT, REGION).mismatches]


@pytest.fixture(scope="module")
def three(emulator: AwsEmulator, declared: str, tmp_path_factory: pytest.TempPathFactory) -> Environments:
    return Environments(emulator, declared, tmp_path_factory.mktemp("three"))


def test_three_environments_live_and_end(three: Environments) -> None:
    """They are deployed, updated, rolled back after a failed update, lose a service, and are destroyed.

    After each step every resource is described by its own service's API and compared with its template.
    """
    first = three.cdk("first", three.text)
    first.bootstrap(ACCOUNT, REGION)
    first.deploy()
    assert three.mismatches(first.out) == []
    assert len(three.stacks()) == 18

    newer = three.cdk("newer", three.text.replace(three.first_image, "registry.example.com/app:2.0"))
    newer.deploy()
    assert three.mismatches(newer.out, "Service") == []
    assert {three.image(env) for env in ENVIRONMENTS} == {"app:2.0"}

    worse = three.cdk("worse", three.text.replace(three.first_image, "registry.example.com/app:3.0"))
    three.emulator.inject(["refuse:AWS::ECS::Service:Service"])
    with pytest.raises(RemoteError) as failed:
        worse.deploy()
    (told,) = re.findall(
        r"(\w+-Service-\w+)/Service \(AWS::ECS::Service\): .*refused by the sandbox", failed.value.what
    )
    assert three.stacks()[told] == "UPDATE_ROLLBACK_COMPLETE"
    env, _, service = told.partition("-Service-")
    if service == "api":
        assert three.image(env) == "app:2.0"
    assert three.mismatches(newer.out, told) == []

    newer.destroy(*(f"{env}-Service-reports" for env in ENVIRONMENTS))
    assert {env: three.running(env) for env in ENVIRONMENTS} == {env: {"api"} for env in ENVIRONMENTS}

    with pytest.raises(UsageError, match="cdk destroy failed"):
        newer.destroy("prod-Data")
    for stack in ("prod-Foundation", "prod-Data"):
        three.ask("cloudformation").update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    newer.destroy()
    assert three.stacks() == {}
    snapshots = three.ask("rds").describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert ["prod" in each["DBClusterSnapshotIdentifier"] for each in snapshots] == [True]
    left = [vpc for vpc in three.ask("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    assert left == []


def test_a_failed_first_deploy_leaves_nothing_behind(three: Environments) -> None:
    """CloudFormation takes back what it had made, and the message names the resource and the reason."""
    cdk = Cdk(three.folder / "alone", three.folder, three.emulator, three.ask)
    synthesize(three.text, "dev", cdk.out)
    cdk.bootstrap(ACCOUNT, REGION)
    three.emulator.inject(["refuse:AWS::EC2::NatGateway"])

    with pytest.raises(RemoteError) as failed:
        cdk.deploy()

    assert re.search(r"dev-Foundation/NetworkPublicANATGateway\w+ \(AWS::EC2::NatGateway\): ", failed.value.what)
    assert "rolled back" in failed.value.what
    assert three.stacks()["dev-Foundation"] == "ROLLBACK_COMPLETE"
    assert [vpc for vpc in three.ask("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
