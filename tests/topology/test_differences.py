"""Two environments beside each other."""

import pytest

from tests.topology.conftest import Synthesized
from watchkeeper.project.model import Project
from watchkeeper.topology.differences import Changed, Declared, Differences, compare
from watchkeeper.topology.templates import Templates


def differences(project: Project, environments: dict[str, Synthesized], left: str, right: str) -> Differences:
    return compare(
        project.environment(left),
        Templates(environments[left].stacks),
        project.environment(right),
        Templates(environments[right].stacks),
    )


@pytest.mark.parametrize("env", ["local", "dev", "stage", "prod"])
def test_an_environment_does_not_differ_from_itself(
    project: Project, environments: dict[str, Synthesized], env: str
) -> None:
    """Nothing to say is said by nothing."""
    assert differences(project, environments, env, env).are_none


def test_stage_and_prod_differ_in_what_is_declared_and_its_consequences(
    project: Project, environments: dict[str, Synthesized]
) -> None:
    """Names, accounts and addresses within the VPC do not drown it."""
    found = differences(project, environments, "stage", "prod")

    assert Declared("database.is_protected", "false", "true") in found.declared
    assert Declared("services[api].cpu", "512", "1024") in found.declared
    deletion = Changed("Data", "Cluster", "AWS::RDS::DBCluster", "DeletionProtection", "false", "true")
    assert deletion in found.changed
    assert [item for item in found.changed if item.type in ("AWS::EC2::Subnet", "AWS::EC2::NetworkAclEntry")] == []
    assert [item.path for item in found.changed if item.type == "AWS::EC2::VPC"] == ["CidrBlock"]


def test_a_resource_that_only_one_has_is_named_once(project: Project, environments: dict[str, Synthesized]) -> None:
    """The second NAT gateway of prod is no change of dev's."""
    found = differences(project, environments, "dev", "prod")

    assert [item.resource[:-8] for item in found.only_right if item.type == "AWS::EC2::NatGateway"] == [
        "NetworkPublicBNATGateway"
    ]
    assert Declared("network.nat", "single", "per_zone") in found.declared


def test_the_other_direction_is_the_mirror_image(project: Project, environments: dict[str, Synthesized]) -> None:
    """What is only in one is only in the other, and left is right."""
    there, back = (differences(project, environments, *pair) for pair in (("dev", "prod"), ("prod", "dev")))

    assert there.only_left == back.only_right
    assert sorted((item.path, item.left, item.right) for item in there.changed) == sorted(
        (item.path, item.right, item.left) for item in back.changed
    )


def test_a_name_of_aws_that_sounds_like_an_environment_is_no_difference(
    project: Project, environments: dict[str, Synthesized]
) -> None:
    """ECR's bucket of layers begins with `prod-` in every environment."""
    found = differences(project, environments, "stage", "prod")

    assert [item for item in found.changed if item.type == "AWS::EC2::VPCEndpoint"] == []
