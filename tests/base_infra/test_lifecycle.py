"""Three environments of two services each, through all that happens to them, in the emulated AWS.

Each stands in the account that it declares; everything is deployed from the account of the registry, whose roles the
workflows use, by the roles that `cdk bootstrap --trust` makes.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.base_infra.conftest import edited, image_of, synthesize
from watchkeeper.delivery.model import load_delivery
from watchkeeper.errors import RemoteError, UsageError
from watchkeeper.project.load import load_project
from watchkeeper.project.model import Project
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.cdk import Cdk
from watchkeeper.sandbox.clients import client
from watchkeeper.sandbox.judge.check import Deployed, NotToldError, deployed, judge

pytestmark = [pytest.mark.emulator, pytest.mark.enable_socket]

ENVIRONMENTS = ("dev", "stage", "prod")
FAILURES = {
    "dev": ("AWS::ECS::Service", "dev-Service-api/Service"),
    "stage": ("AWS::ECS::TaskDefinition", r"stage-Service-api/TaskDefinition\w+"),
    "prod": ("AWS::RDS::DBCluster", "prod-Data/Cluster"),
}
"""What is refused in each environment, and how it is named afterwards."""


@pytest.fixture(scope="module")
def project(root: Path) -> Project:
    return load_project(root)


@pytest.fixture(scope="module")
def emulator(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    registry = load_delivery(project).registry
    found = AwsEmulator(tmp_path_factory.mktemp("aws"), account=registry.account, region=registry.region, hosts={})
    found.start()
    yield found
    found.stop()


class Environments:
    """What is done to the three of them, and what AWS's own APIs tell afterwards, in the account of each."""

    def __init__(self, emulator: AwsEmulator, project: Project, declared: str, folder: Path) -> None:
        self.emulator = emulator
        self.folder = folder
        self.places = {env: (project.environment(env).account, project.environment(env).region) for env in ENVIRONMENTS}
        self.first_image = image_of(declared)
        zone = self.client("prod")("route53").create_hosted_zone(Name="lighthouse.example.com", CallerReference="1")
        self.text = edited(declared, "Z0123456789ABCDEFGHIJ", zone["HostedZone"]["Id"].rpartition("/")[2])

    @lru_cache  # noqa: B019 - it lives as long as its test
    def client(self, env: str) -> Callable[[str], Any]:
        """boto3 in the account of an environment."""
        account, region = self.places[env]
        return lru_cache(lambda service: client(service, self.emulator, region, account))

    def cdk(self, name: str, text: str) -> Cdk:
        """The program over an assembly of the three environments."""
        out = self.folder / name
        synthesize(text, ",".join(ENVIRONMENTS), out)
        for env in ENVIRONMENTS:
            (out / env).mkdir()
            for template in out.glob(f"{env}-*.template.json"):
                (out / env / template.name).symlink_to(template)
        return Cdk(out, self.folder, self.emulator)

    def stacks(self, env: str) -> dict[str, str]:
        pages = self.client(env)("cloudformation").get_paginator("describe_stacks").paginate()
        found = {stack["StackName"]: stack["StackStatus"] for page in pages for stack in page["Stacks"]}
        return {name: status for name, status in found.items() if name != "CDKToolkit"}

    def images(self, env: str) -> dict[str, str]:
        """What each service runs now."""
        ecs = self.client(env)("ecs")
        found = {}
        for arn in ecs.list_services(cluster=f"lighthouse-{env}")["serviceArns"]:
            name = arn.rpartition("/")[2]
            (service,) = ecs.describe_services(cluster=f"lighthouse-{env}", services=[name])["services"]
            task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
            (image,) = (each["image"] for each in task["containerDefinitions"] if each["name"] == name)
            found[name] = str(image).rpartition("/")[2]
        return found

    def mismatches(self, cdk: Cdk, *, but: str = "-") -> list[str]:
        """What is not as the templates say, in any account. but: stacks with that in their name are gone."""
        return [
            str(each)
            for env in ENVIRONMENTS
            for each in judge(cdk.out / env, self.client(env), *self.places[env]).mismatches
            if but not in each.stack.removeprefix(env)
        ]

    def deployed(self, cdk: Cdk) -> list[Deployed]:
        return [each for env in ENVIRONMENTS for each in deployed(cdk.out / env, self.client(env), *self.places[env])]

    def kept(self, cdk: Cdk) -> set[tuple[str, str]]:
        """Stack and logical id of what its template keeps when the stack goes."""
        return {
            (file.name.removesuffix(".template.json"), logical_id)
            for file in cdk.out.glob("*.template.json")
            for logical_id, resource in json.loads(file.read_text())["Resources"].items()
            if resource.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate")
        }


def still_there(resources: Sequence[Deployed]) -> set[tuple[str, str]]:
    """Stack and logical id of what its own service still tells."""
    found = set()
    for resource in resources:
        try:
            if resource.told():
                found.add((resource.stack, resource.logical_id))
        except NotToldError:
            continue
    return found


@pytest.fixture
def three(emulator: AwsEmulator, project: Project, declared: str, tmp_path: Path) -> Environments:
    """Three empty accounts."""
    emulator.reset()
    return Environments(emulator, project, declared, tmp_path)


def test_three_environments_live_and_end(three: Environments) -> None:
    """They are deployed, updated, rolled back after a failed update, lose a service, and are destroyed.

    After each step every resource of every stack is described by its own service's API and compared with its template;
    at the end, none but those that are to be kept is left.
    """
    first = three.cdk("first", three.text)
    for account, region in three.places.values():
        first.bootstrap(account, region)
    first.deploy()
    assert three.mismatches(first) == []
    assert {env: len(three.stacks(env)) for env in ENVIRONMENTS} == dict.fromkeys(ENVIRONMENTS, 6)

    newer = three.cdk("newer", three.text.replace(three.first_image, "registry.example.com/app:2.0"))
    newer.deploy()
    assert three.mismatches(newer) == []
    both = {"api": "app:2.0", "reports": "app:2.0"}
    assert {env: three.images(env) for env in ENVIRONMENTS} == dict.fromkeys(ENVIRONMENTS, both)

    text = three.text.replace(three.first_image, "registry.example.com/app:3.0")
    worse = three.cdk("worse", edited(text, "  prod:\n", "  prod:\n    database: {max_acu: 48}\n"))
    for env, (kind, name) in FAILURES.items():
        three.emulator.inject([f"refuse:{kind}"])
        with pytest.raises(RemoteError) as failed:
            worse.deploy(f"{env}-*")
        pattern = rf"rolled back:\n  {name} \({kind}\): .*refused by the sandbox.*"
        assert re.search(rf"{pattern}$", failed.value.what), failed.value.what
        stack = failed.value.what.partition("\n  ")[2].partition("/")[0]
        assert three.stacks(env)[stack] == "UPDATE_ROLLBACK_COMPLETE"
    assert three.mismatches(newer) == []
    assert {env: three.images(env) for env in ENVIRONMENTS} == dict.fromkeys(ENVIRONMENTS, both)

    everything = three.deployed(newer)
    newer.destroy(*(f"{env}-Service-reports" for env in ENVIRONMENTS))
    assert three.mismatches(newer, but="-Service-reports") == []
    assert {env: set(three.images(env)) for env in ENVIRONMENTS} == {env: {"api"} for env in ENVIRONMENTS}
    assert still_there([each for each in everything if each.stack.endswith("-Service-reports")]) == set()

    with pytest.raises(UsageError, match="cdk destroy failed"):
        newer.destroy("prod-Data")
    for stack in ("prod-Foundation", "prod-Data"):
        three.client("prod")("cloudformation").update_termination_protection(
            StackName=stack, EnableTerminationProtection=False
        )
    newer.destroy()
    assert [three.stacks(env) for env in ENVIRONMENTS] == [{}, {}, {}]
    assert still_there(everything) == three.kept(newer)
    rds = three.client("prod")("rds")
    (snapshot,) = rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert "prod" in snapshot["DBClusterSnapshotIdentifier"]


def test_a_failed_first_deploy_leaves_nothing_behind(three: Environments) -> None:
    """CloudFormation takes back what it had made, and the message names the resource and the reason."""
    cdk = Cdk(three.folder / "alone", three.folder, three.emulator)
    synthesize(three.text, "dev", cdk.out)
    cdk.bootstrap(*three.places["dev"])
    three.emulator.inject(["refuse:AWS::EC2::NatGateway"])

    with pytest.raises(RemoteError) as failed:
        cdk.deploy()

    assert re.search(r"dev-Foundation/NetworkPublicANATGateway\w+ \(AWS::EC2::NatGateway\): ", failed.value.what)
    assert "rolled back" in failed.value.what
    assert three.stacks("dev") == {"dev-Foundation": "ROLLBACK_COMPLETE"}
    assert [vpc for vpc in three.client("dev")("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
