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
    """The smallest VPC that the loader accepts still has room for AWS's five addresses a subnet, in three zones too."""
    from base_infra.addresses import divide

    plan = divide(cidr, ("eu-west-1a", "eu-west-1b", "eu-west-1c"), 3)

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


def entries(assembly: Assembly, stack: str) -> list[tuple[str, str, int, str, tuple[int, int]]]:
    """Every ACL entry: tier, direction, number, range, ports."""
    found = [item["Properties"] for item in assembly.resources(stack, "AWS::EC2::NetworkAclEntry").values()]
    assert all(entry["Protocol"] == 6 and entry["RuleAction"] == "allow" for entry in found)
    return sorted(
        (
            entry["NetworkAclId"]["Fn::GetAtt"][0].removeprefix("Acls")[:3],
            "out" if entry["Egress"] else "in",
            entry["RuleNumber"],
            entry["CidrBlock"],
            (entry["PortRange"]["From"], entry["PortRange"]["To"]),
        )
        for entry in found
    )


def test_acls_let_through_the_flows_of_the_application_and_their_answers(assembly: Assembly) -> None:
    """Nothing else: every entry names a flow; what the ephemeral ports of answers cover has no entry of its own.

    Ranges are those that subnets fill; the third data subnet is a range of its own.
    """
    public, application, anywhere = "10.30.0.0/19", "10.30.64.0/19", "0.0.0.0/0"
    data, more_data = "10.30.128.0/19", "10.30.160.0/20"
    answers = (1024, 65535)

    assert entries(assembly, STACK) == [
        ("App", "in", 210, application, (443, 443)),
        ("App", "in", 900, anywhere, answers),
        ("App", "in", 1080, public, (80, 80)),
        ("App", "out", 200, anywhere, (443, 443)),
        ("App", "out", 300, data, (5432, 5432)),
        ("App", "out", 900, public, answers),
        ("App", "out", 910, application, answers),
        ("App", "out", 15300, more_data, (5432, 5432)),
        ("Dat", "in", 300, application, (5432, 5432)),
        ("Dat", "out", 900, application, answers),
        ("Pub", "in", 100, anywhere, (80, 80)),
        ("Pub", "in", 101, anywhere, (443, 443)),
        ("Pub", "in", 900, anywhere, answers),
        ("Pub", "out", 200, anywhere, (443, 443)),
        ("Pub", "out", 900, anywhere, answers),
        ("Pub", "out", 1080, application, (80, 80)),
    ]


def test_without_a_certificate_only_the_application_sends_https_into_the_public_tier(assembly: Assembly) -> None:
    """The way to NAT is opened to the application's range where the world's HTTPS is not taken."""
    found = [entry[2:] for entry in entries(assembly, "dev-Foundation") if entry[:2] == ("Pub", "in")]

    assert found == [
        (100, "0.0.0.0/0", (80, 80)), (200, "10.10.64.0/19", (443, 443)), (900, "0.0.0.0/0", (1024, 65535)),
    ]  # fmt: skip


def test_no_acl_entry_is_covered_by_another(assembly: Assembly, widest: Assembly) -> None:
    """An entry that another one covers would say nothing."""
    for found in (assembly, widest):
        for stack in found.templates:
            if stack.endswith("-Foundation"):
                listed = entries(found, stack)
                for tier, direction, number, cidr, ports in listed:
                    for other in listed:
                        wide = other[3] in ("0.0.0.0/0", cidr) and other[4][0] <= ports[0] and ports[1] <= other[4][1]
                        same = (other[:2] == (tier, direction)) and other[2] != number
                        assert not (same and wide), f"{stack}: {number} is covered by {other[2]}"


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


def chain(assembly: Assembly, stack: str, kind: str, source: str, target: str) -> set[tuple[str, str, int]]:
    """Rules between groups as (from, to, port)."""
    rules = [item["Properties"] for item in assembly.resources(stack, f"AWS::EC2::SecurityGroup{kind}").values()]
    assert all(rule["FromPort"] == rule["ToPort"] and rule["IpProtocol"] == "tcp" for rule in rules)
    return {(name_of(rule[source]), name_of(rule[target]), rule["FromPort"]) for rule in rules}


def out_of(assembly: Assembly, stack: str) -> set[tuple[str, str, int]]:
    return chain(assembly, stack, "Egress", "GroupId", "DestinationSecurityGroupId")


def into(assembly: Assembly, stack: str) -> set[tuple[str, str, int]]:
    return chain(assembly, stack, "Ingress", "SourceSecurityGroupId", "GroupId")


def test_security_groups_are_chained_by_reference(assembly: Assembly) -> None:
    """Load balancer to application on 80 and 9000, application to database, each as a rule out and a rule in.

    The interfaces of AWS's services take HTTPS from the application, whose way out is its HTTPS to anywhere.
    """
    between = {
        ("LoadBalancer", "Application", 80),
        ("LoadBalancer", "Application", 9000),
        ("Application", "Database", 5432),
    }

    assert out_of(assembly, STACK) == between
    assert into(assembly, STACK) == between | {("Application", "Endpoints", 443)}


def test_an_internal_grpc_port_is_open_between_tasks_and_closed_to_the_load_balancer(assembly: Assembly) -> None:
    """`grpc: internal` lets the tasks of other services in, and nobody else."""
    for rules in (out_of(assembly, "dev-Foundation"), into(assembly, "dev-Foundation")):
        assert ("Application", "Application", 9000) in rules
        assert ("LoadBalancer", "Application", 9000) not in rules


def test_the_broker_is_reached_from_the_application_alone(widest: Assembly) -> None:
    """IAM over TLS on 9098, and the exporters that the Datadog Agent reads; the data tier's ACL opens the same."""
    ports = {port for source, target, port in into(widest, "local-Foundation") if target == "Broker"}
    sources = {source for source, target, _ in into(widest, "local-Foundation") if target == "Broker"}

    assert (ports, sources) == ({9098, 11001, 11002}, {"Application"})
    data_in = {entry[4][0] for entry in entries(widest, "local-Foundation") if entry[:2] == ("Dat", "in")}
    assert data_in == {5432, 9098, 11001, 11002}


def test_the_world_reaches_the_load_balancer_only_and_only_the_application_reaches_the_world(
    assembly: Assembly,
) -> None:
    """Rules that name a range: HTTP, HTTPS and gRPC from anywhere, HTTPS to anywhere; the others match no packet."""
    found: dict[tuple[str, str], list[tuple[str, int, str]]] = {}
    for name, item in assembly.resources(STACK, "AWS::EC2::SecurityGroup").items():
        group = name.removeprefix("SecurityGroups").rstrip("0123456789ABCDEF")
        for key in ("SecurityGroupIngress", "SecurityGroupEgress"):
            for rule in item["Properties"].get(key, []):
                told = (rule["IpProtocol"], rule["FromPort"], rule["CidrIp"])
                found.setdefault((group, key[13:]), []).append(told)
    nothing = [("icmp", 252, "255.255.255.255/32")]

    assert found == {
        ("LoadBalancer", "Ingress"): [("tcp", port, "0.0.0.0/0") for port in (80, 443, 9000)],
        ("LoadBalancer", "Egress"): nothing,
        ("Application", "Egress"): [("tcp", 443, "0.0.0.0/0")],
        ("Database", "Egress"): nothing,
        ("Endpoints", "Egress"): nothing,
    }


def test_an_environment_may_carry_its_application_in_three_zones(widest: Assembly) -> None:
    """Nine subnets, and a gateway for each zone of the application."""
    assert len(subnets(widest, "local-Foundation")) == 9
    assert len(set(routes(widest, "local-Foundation").values())) == 4


def test_aws_services_are_reached_inside_the_vpc(assembly: Assembly) -> None:
    """S3 by the application's route tables in every environment; the named services by an interface per subnet."""
    found = [item["Properties"] for item in assembly.resources(STACK, "AWS::EC2::VPCEndpoint").values()]
    names = {item["ServiceName"]["Fn::Join"][1][-1].lstrip("."): item for item in found}

    assert set(names) == {"s3", "ecr.api", "ecr.dkr", "logs", "monitoring", "secretsmanager"}
    assert len(names["s3"]["RouteTableIds"]) == 2
    for name, item in names.items():
        if name != "s3":
            assert (item["PrivateDnsEnabled"], len(item["SubnetIds"])) == (True, 2)
        for statement in item["PolicyDocument"]["Statement"]:
            # Whoever is not of this account gets nothing but ECR's own layers.
            assert "Condition" in statement or "starport-layer-bucket" in str(statement["Resource"])
    assert len(assembly.resources("dev-Foundation", "AWS::EC2::VPCEndpoint")) == 1


def test_connections_are_recorded_as_the_profile_says(assembly: Assembly, widest: Assembly) -> None:
    """All of them in production, rejected ones in dev, none where it says so."""
    assert assembly.one(STACK, "AWS::EC2::FlowLog")["TrafficType"] == "ALL"
    assert assembly.one("dev-Foundation", "AWS::EC2::FlowLog")["TrafficType"] == "REJECT"
    assert not widest.resources("local-Foundation", "AWS::EC2::FlowLog")


def test_the_default_security_group_is_closed(assembly: Assembly) -> None:
    """In every environment."""
    for env in ("local", "dev", "stage", "prod"):
        (closing,) = assembly.resources(f"{env}-Foundation", "Custom::VpcRestrictDefaultSG").values()
        assert closing["Properties"]["DefaultSecurityGroupId"]["Fn::GetAtt"][1] == "DefaultSecurityGroup"
