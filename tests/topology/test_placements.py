"""What stands in the network besides the application's own parts."""

from typing import Any

import pytest

from tests.topology.conftest import Stacks, Synthesized
from tests.topology.test_reach import NETWORK, id_of, judged
from watchkeeper.errors import ConfigError


def subnet(stacks: Stacks, name: str) -> dict[str, str]:
    return {"Ref": id_of(stacks, NETWORK, f"Network{name}Subnet")}


def application_group(stacks: Stacks) -> dict[str, Any]:
    return {"Fn::GetAtt": [id_of(stacks, NETWORK, "SecurityGroupsApplication"), "GroupId"]}


def put(stacks: Stacks, name: str, kind: str, **properties: Any) -> None:
    stacks[NETWORK]["Resources"][name] = {"Type": kind, "Properties": properties}


def test_a_resource_of_any_type_with_a_group_is_a_client_like_others(prod: Synthesized) -> None:
    """A scheduled task that borrows the application's group reaches the database, and no flow declares that."""

    def borrow(stacks: Stacks) -> None:
        config = {"Subnets": [subnet(stacks, "ApplicationA")], "SecurityGroups": [application_group(stacks)]}
        network = {"AwsvpcConfiguration": config}
        put(stacks, "Nightly", "AWS::Scheduler::Schedule", Target={"EcsParameters": {"NetworkConfiguration": network}})

    found = {finding.what for finding in judged(prod, borrow).findings if finding.kind == "undeclared"}

    assert "other reaches database on tcp 5432, and no flow declares that" in found


def test_a_resource_stands_where_its_subnet_group_says(prod: Synthesized) -> None:
    """As caches and clusters name their subnets."""

    def cache(stacks: Stacks) -> None:
        put(stacks, "Places", "AWS::ElastiCache::SubnetGroup", SubnetIds=[subnet(stacks, "ApplicationB")])
        given = {"CacheSubnetGroupName": {"Ref": "Places"}, "SecurityGroupIds": [application_group(stacks)]}
        put(stacks, "Cache", "AWS::ElastiCache::ReplicationGroup", **given)

    cells = {(cell.client, cell.server) for cell in judged(prod, cache).cells}

    assert ("other", "database") in cells


def test_a_resource_with_a_group_and_no_place_ends_the_judgement(prod: Synthesized) -> None:
    """Where it stands, nobody can tell."""
    with pytest.raises(ConfigError) as caught:
        judged(prod, lambda stacks: put(stacks, "Pool", "AWS::Batch::X", Groups=[application_group(stacks)]))

    (problem,) = caught.value.problems
    assert problem.what.startswith(f"{NETWORK}/Pool: where AWS::Batch::X stands")
    assert problem.what.endswith("cannot be judged")
