"""The network: subnets and zones, ways out, ACLs and security groups."""

import ipaddress
from typing import Any

import pytest

from tests.base_infra.conftest import Assembly

STACK = "prod-Foundation"
ASSOCIATION = "AWS::EC2::SubnetNetworkAclAssociation"


def subnets(assembly: Assembly, stack: str) -> dict[str, tuple[str, str]]:
    """Logical id without its hash to (zone letter, CIDR)."""
    return {
        name.removeprefix("Network").partition("Subnet")[0]: (
            resource["Properties"]["AvailabilityZone"][-1], resource["Properties"]["CidrBlock"],
        )
        for name, resource in assembly.resources(stack, "AWS::EC2::Subnet").items()
    }  # fmt: skip


def test_seven_subnets_lie_in_declared_zones(assembly: Assembly) -> None:
    """Public and application in two zones, data in three, each tier in a range of its own."""
    assert subnets(assembly, STACK) == {
        "PublicA": ("a", "10.30.0.0/20"),
        "PublicB": ("b", "10.30.16.0/20"),
        "ApplicationA": ("a", "10.30.64.0/20"),
        "ApplicationB": ("b", "10.30.80.0/20"),
        "DataA": ("a", "10.30.128.0/20"),
        "DataB": ("b", "10.30.144.0/20"),
        "DataC": ("c", "10.30.160.0/20"),
    }


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "10.0.4.0/22", "172.16.8.0/21"])
def test_tiers_of_any_allowed_range_do_not_overlap(cidr: str) -> None:
    """The smallest VPC that the loader accepts still has room for AWS's five addresses a subnet."""
    from base_infra.addresses import divide

    plan = divide(cidr, ("eu-west-1a", "eu-west-1b", "eu-west-1c"))

    tiers = [ipaddress.IPv4Network(tier.cidr) for tier in (plan.public, plan.application, plan.data)]
    assert not any(one.overlaps(other) for one in tiers for other in tiers if one is not other)
    for tier in (plan.public, plan.application, plan.data):
        blocks = [ipaddress.IPv4Network(block) for _, block in tier.subnets]
        assert all(block.subnet_of(ipaddress.IPv4Network(tier.cidr)) and block.num_addresses >= 64 for block in blocks)
        assert len(set(blocks)) == len(blocks)


def routes(assembly: Assembly, stack: str) -> dict[str, str]:
    """Subnet to where its default route goes."""
    found = {}
    for name, resource in assembly.resources(stack, "AWS::EC2::Route").items():
        properties = resource["Properties"]
        assert properties["DestinationCidrBlock"] == "0.0.0.0/0"
        target = properties.get("GatewayId") or properties["NatGatewayId"]
        found[name.removeprefix("Network").partition("DefaultRoute")[0]] = target["Ref"]
    return found


def test_each_zone_has_its_own_way_out_where_the_profile_says_so(assembly: Assembly) -> None:
    """With nat: per_zone the application of a zone leaves by the gateway of that zone; data has no way out."""
    found = routes(assembly, STACK)

    assert sorted(found) == ["ApplicationA", "ApplicationB", "PublicA", "PublicB"]
    assert found["ApplicationA"].startswith("NetworkPublicANATGateway")
    assert found["ApplicationB"].startswith("NetworkPublicBNATGateway")
    assert found["PublicA"].startswith("NetworkInternetGateway")


def test_a_single_gateway_serves_both_zones_in_dev(assembly: Assembly) -> None:
    """With nat: single both application subnets leave by the first zone."""
    found = routes(assembly, "dev-Foundation")

    assert found["ApplicationA"] == found["ApplicationB"]


def test_acls_let_through_the_flows_of_the_application_and_their_answers(assembly: Assembly) -> None:
    """The whole list, by hand: tier, direction, rule number, range, ports."""
    found = sorted(
        (
            entry["NetworkAclId"]["Fn::GetAtt"][0].removeprefix("Acls").rstrip("0123456789ABCDEF") or "?",
            "out" if entry["Egress"] else "in",
            entry["RuleNumber"],
            entry["CidrBlock"],
            (entry["PortRange"]["From"], entry["PortRange"]["To"]),
        )
        for entry in (item["Properties"] for item in assembly.resources(STACK, "AWS::EC2::NetworkAclEntry").values())
        if entry["Protocol"] == 6 and entry["RuleAction"] == "allow"
    )
    public, application, data, anywhere = "10.30.0.0/18", "10.30.64.0/18", "10.30.128.0/18", "0.0.0.0/0"

    assert [(tier[:3], *rest) for tier, *rest in found] == [
        ("App", "in", 900, anywhere, (1024, 65535)),
        ("App", "in", 1080, public, (80, 80)),
        ("App", "out", 200, anywhere, (443, 443)),
        ("App", "out", 300, data, (5432, 5432)),
        ("App", "out", 900, public, (1024, 65535)),
        ("Dat", "in", 300, application, (5432, 5432)),
        ("Dat", "out", 900, application, (1024, 65535)),
        ("Pub", "in", 100, anywhere, (80, 80)),
        ("Pub", "in", 200, application, (443, 443)),
        ("Pub", "in", 900, anywhere, (1024, 65535)),
        ("Pub", "out", 200, anywhere, (443, 443)),
        ("Pub", "out", 900, anywhere, (1024, 65535)),
        ("Pub", "out", 1080, application, (80, 80)),
    ]
    assert len(assembly.resources(STACK, "AWS::EC2::NetworkAclEntry")) == len(found)


def test_every_subnet_has_the_acl_of_its_tier(assembly: Assembly) -> None:
    """No subnet is left with the VPC's default ACL, which lets everything through."""
    found = [item["Properties"] for item in assembly.resources(STACK, ASSOCIATION).values()]
    pairs = {
        (item["SubnetId"]["Ref"].removeprefix("Network")[:3], item["NetworkAclId"]["Fn::GetAtt"][0][4:7])
        for item in found
    }

    assert pairs == {("Pub", "Pub"), ("App", "App"), ("Dat", "Dat")}
    assert len(found) == 7


def name_of(reference: Any) -> str:
    return str(reference["Fn::GetAtt"][0]).removeprefix("SecurityGroups").rstrip("0123456789ABCDEF")


def test_security_groups_are_chained_by_reference(assembly: Assembly) -> None:
    """Load balancer to application on 80, application to database on 5432, each as a rule out and a rule in."""
    out = {
        (name_of(rule["GroupId"]), name_of(rule["DestinationSecurityGroupId"]), rule["FromPort"], rule["ToPort"])
        for rule in (item["Properties"] for item in assembly.resources(STACK, "AWS::EC2::SecurityGroupEgress").values())
    }
    into = {
        (name_of(rule["SourceSecurityGroupId"]), name_of(rule["GroupId"]), rule["FromPort"], rule["ToPort"])
        for rule in (
            item["Properties"] for item in assembly.resources(STACK, "AWS::EC2::SecurityGroupIngress").values()
        )
    }

    assert out == into == {("LoadBalancer", "Application", 80, 80), ("Application", "Database", 5432, 5432)}


def test_the_world_reaches_the_load_balancer_only_and_only_the_application_reaches_the_world(
    assembly: Assembly,
) -> None:
    """Rules that name a range: HTTP from anywhere, HTTPS to anywhere; the others match no packet."""
    found = {}
    for name, item in assembly.resources(STACK, "AWS::EC2::SecurityGroup").items():
        group = name.removeprefix("SecurityGroups").rstrip("0123456789ABCDEF")
        for key in ("SecurityGroupIngress", "SecurityGroupEgress"):
            for rule in item["Properties"].get(key, []):
                found[group, key[13:]] = (rule["IpProtocol"], rule["FromPort"], rule["CidrIp"])
    nothing = ("icmp", 252, "255.255.255.255/32")

    assert found == {
        ("LoadBalancer", "Ingress"): ("tcp", 80, "0.0.0.0/0"),
        ("LoadBalancer", "Egress"): nothing,
        ("Application", "Egress"): ("tcp", 443, "0.0.0.0/0"),
        ("Database", "Egress"): nothing,
    }


def test_the_default_security_group_is_closed(assembly: Assembly) -> None:
    """In every environment."""
    for env in ("local", "dev", "stage", "prod"):
        (closing,) = assembly.resources(f"{env}-Foundation", "Custom::VpcRestrictDefaultSG").values()
        assert closing["Properties"]["DefaultSecurityGroupId"]["Fn::GetAtt"][1] == "DefaultSecurityGroup"
