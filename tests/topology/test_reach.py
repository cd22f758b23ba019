"""Production with one thing wrong: the report names the very thing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.topology.conftest import Stacks, Synthesized
from watchkeeper.errors import ConfigError, UsageError
from watchkeeper.topology.reach import Reach

NETWORK = "prod-Foundation"
ANYWHERE = "0.0.0.0/0"
Change = Callable[[Stacks], None]


def resource(stacks: Stacks, stack: str, prefix: str) -> dict[str, Any]:
    """The one resource whose logical id is the prefix and a hash."""
    found = [item for name, item in stacks[stack]["Resources"].items() if name[:-8] == prefix or name == prefix]
    assert len(found) == 1, prefix
    properties: dict[str, Any] = found[0]["Properties"]
    return properties


def id_of(stacks: Stacks, stack: str, prefix: str) -> str:
    (found,) = [name for name in stacks[stack]["Resources"] if name[:-8] == prefix]
    return str(found)


def add(stacks: Stacks, name: str, kind: str, **properties: object) -> None:
    stacks[NETWORK]["Resources"][name] = {"Type": kind, "Properties": properties}


def entry(stacks: Stacks, name: str, acl: str, number: int, **properties: object) -> None:
    """An ACL entry, TCP from anywhere unless said otherwise."""
    shape = {"Egress": False, "Protocol": 6, "RuleAction": "allow", "CidrBlock": ANYWHERE, **properties}
    reference = {"Fn::GetAtt": [id_of(stacks, NETWORK, acl), "Id"]}
    add(stacks, name, "AWS::EC2::NetworkAclEntry", NetworkAclId=reference, RuleNumber=number, **shape)


def judged(prod: Synthesized, change: Change) -> Reach:
    stacks = prod.copy()
    change(stacks)
    return prod.judge(stacks)


def blocked(reach: Reach) -> dict[str, list[str]]:
    """Flow to the reasons why it is blocked."""
    found: dict[str, list[str]] = {}
    for finding in reach.findings:
        if finding.kind == "blocked":
            found.setdefault(finding.flow, []).append(f"{finding.rule}|{finding.what}")
    return found


def test_an_acl_entry_that_refuses_is_named_with_its_number(prod: Synthesized) -> None:
    """Entries are asked in order: one that refuses before the one that allows wins."""

    def refuse(stacks: Stacks) -> None:
        ports = {"From": 5432, "To": 5432}
        entry(stacks, "Refusal", "AclsData", 10, RuleAction="deny", PortRange=ports)

    reasons = blocked(judged(prod, refuse))

    assert list(reasons) == ["queries"]
    assert all(reason.startswith(f"{NETWORK}/Refusal|") for reason in reasons["queries"])
    assert "refuses tcp 5432 from 10.30.64.0/20 by rule 10" in reasons["queries"][0]


def test_a_refusal_behind_the_entry_that_allows_is_superfluous(prod: Synthesized) -> None:
    """It never decides anything, so that it only misleads."""

    def late(stacks: Stacks) -> None:
        entry(stacks, "Late", "AclsData", 32000, RuleAction="deny", PortRange={"From": 22, "To": 22})

    reach = judged(prod, late)

    assert [(finding.kind, finding.rule) for finding in reach.findings] == [("superfluous", f"{NETWORK}/Late")]


def test_answers_need_their_ephemeral_ports(prod: Synthesized) -> None:
    """An ACL keeps no state: without the way back a query hangs, and the report says on which side."""

    def close(stacks: Stacks) -> None:
        resource(stacks, NETWORK, "AclsDataOut900")["PortRange"] = {"From": 32768, "To": 65535}

    (reason, *_) = blocked(judged(prod, close))["queries"]

    assert "the ACL of DataA lets no tcp 1024-32767 to 10.30.64.0/20 out (its last rule)" in reason


def test_a_route_without_a_gateway_behind_it_blocks_what_takes_it(prod: Synthesized) -> None:
    """An internet gateway that is not attached carries nothing, in either direction."""

    def detach(stacks: Stacks) -> None:
        del stacks[NETWORK]["Resources"][id_of(stacks, NETWORK, "NetworkInternetGatewayAttachment")]

    reasons = blocked(judged(prod, detach))

    assert {"visitors", "visitors-tls", "telemetry-out"} <= set(reasons)
    assert "an internet gateway that is not attached" in reasons["visitors"][0]


def test_a_private_task_does_not_leave_by_the_internet_gateway(prod: Synthesized) -> None:
    """Without a public address nothing comes back; the way out of the application is NAT."""

    def shortcut(stacks: Stacks) -> None:
        route = resource(stacks, NETWORK, "NetworkApplicationADefaultRoute")
        del route["NatGatewayId"]
        route["GatewayId"] = {"Ref": id_of(stacks, NETWORK, "NetworkInternetGateway")}

    (reason, *_) = blocked(judged(prod, shortcut))["telemetry-out"]

    assert "NetworkApplicationADefaultRoute" in reason
    assert "has no public address" in reason


def test_a_more_specific_route_takes_traffic_away_from_the_local_one(prod: Synthesized) -> None:
    """The longest prefix wins, also within the VPC."""

    def divert(stacks: Stacks) -> None:
        table = {"Ref": id_of(stacks, NETWORK, "NetworkApplicationARouteTable")}
        cidr = "10.30.128.0/20"
        target = {"RouteTableId": table, "DestinationCidrBlock": cidr, "VpcPeeringConnectionId": "pcx-1"}
        add(stacks, "Diversion", "AWS::EC2::Route", **target)

    (reason, *_) = blocked(judged(prod, divert))["queries"]

    assert f"route {NETWORK}/Diversion leads packets for DataA elsewhere" in reason


def test_an_endpoint_without_private_dns_is_passed_by(prod: Synthesized) -> None:
    """The service's name would lead to its public address, and the endpoint would cost for nothing."""

    def turn_off(stacks: Stacks) -> None:
        resource(stacks, NETWORK, "EndpointsLogs")["PrivateDnsEnabled"] = False

    reasons = blocked(judged(prod, turn_off))

    assert list(reasons) == ["aws-services"]
    assert "has no private DNS" in reasons["aws-services"][0]


def test_a_port_on_which_nothing_listens_is_blocked(prod: Synthesized) -> None:
    """Open rules are no service."""

    def move(stacks: Stacks) -> None:
        resource(stacks, "prod-Data", "Cluster")["Port"] = 5433

    assert "nothing listens on 5432" in blocked(judged(prod, move))["queries"][0]


def test_a_second_client_of_the_database_is_undeclared(prod: Synthesized) -> None:
    """Whoever opens the database to the load balancer is told, with the rule, once groups and ACLs let it through."""

    def open_up(stacks: Stacks) -> None:
        balancer = {"Fn::GetAtt": [id_of(stacks, NETWORK, "SecurityGroupsLoadBalancer"), "GroupId"]}
        database = {"Fn::GetAtt": [id_of(stacks, NETWORK, "SecurityGroupsDatabase"), "GroupId"]}
        ports = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
        kind = "AWS::EC2::SecurityGroup"
        add(stacks, "Out", f"{kind}Egress", GroupId=balancer, DestinationSecurityGroupId=database, **ports)
        add(stacks, "In", f"{kind}Ingress", GroupId=database, SourceSecurityGroupId=balancer, **ports)
        at = {"From": 5432, "To": 5432}
        entry(stacks, "AclOut", "AclsPublic", 5000, Egress=True, CidrBlock="10.30.128.0/18", PortRange=at)
        entry(stacks, "AclIn", "AclsData", 5000, CidrBlock="10.30.0.0/19", PortRange=at)

    findings = judged(prod, open_up).findings

    (undeclared,) = [finding for finding in findings if finding.kind == "undeclared"]
    assert undeclared.what == "load balancer reaches database on tcp 5432, and no flow declares that"
    assert undeclared.rule == f"{NETWORK}/In"
    superfluous = {finding.rule for finding in findings if finding.kind == "superfluous"}
    assert superfluous == {f"{NETWORK}/{name}" for name in ("Out", "In", "AclOut", "AclIn")}


def test_two_rules_for_one_flow_are_both_superfluous(prod: Synthesized) -> None:
    """Either could go; which one is the reader's choice."""

    def repeat(stacks: Stacks) -> None:
        name = id_of(stacks, NETWORK, "SecurityGroupsDatabaseFromApplication5432")
        resources = stacks[NETWORK]["Resources"]
        resources["Again"] = resources[name]

    kinds = {(finding.kind, finding.rule.partition("/")[2][:5]) for finding in judged(prod, repeat).findings}

    assert kinds == {("superfluous", "Again"), ("superfluous", "Secur")}


def test_a_subnet_without_an_acl_of_its_own_is_too_wide(prod: Synthesized) -> None:
    """The VPC's own ACL lets everything through."""

    def untie(stacks: Stacks) -> None:
        del stacks[NETWORK]["Resources"][id_of(stacks, NETWORK, "AclsDataSubnet2")]

    findings = judged(prod, untie).findings

    assert "DataC has the VPC's own ACL, which lets everything through" in {finding.what for finding in findings}


def test_a_missing_server_blocks_its_flow(prod: Synthesized) -> None:
    """Unless the flow says that the environment may have none."""

    def drop(stacks: Stacks) -> None:
        for name in ("prod-Data",):
            stacks[name]["Resources"] = {}

    reach = judged(prod, drop)

    assert blocked(reach)["queries"] == ["|application to database: there is no database in the templates"]
    assert {flow.need.id: flow.state for flow in reach.flows}["topics"] == "absent"


@pytest.mark.parametrize(
    ("peer", "what"),
    [
        ({"SourcePrefixListId": "pl-12345"}, "the prefix list pl-12345"),
        ({"SourceSecurityGroupId": "sg-12345"}, "the security group sg-12345"),
        ({"CidrIp": "not-a-range"}, "the range not-a-range"),
    ],
)
def test_what_cannot_be_judged_is_said_and_not_guessed(prod: Synthesized, peer: dict[str, str], what: str) -> None:
    """A rule that names something outside the templates ends the judgement with its name."""

    def foreign(stacks: Stacks) -> None:
        group = {"Fn::GetAtt": [id_of(stacks, NETWORK, "SecurityGroupsDatabase"), "GroupId"]}
        rule = {"GroupId": group, "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, **peer}
        add(stacks, "Foreign", "AWS::EC2::SecurityGroupIngress", **rule)

    with pytest.raises(ConfigError) as caught:
        judged(prod, foreign)

    assert [problem.what for problem in caught.value.problems] == [f"{NETWORK}/Foreign: {what} cannot be judged"]


def test_templates_without_a_vpc_are_refused(prod: Synthesized) -> None:
    """One environment is one VPC."""
    with pytest.raises(UsageError, match="0 VPCs"):
        prod.judge({"prod-Data": prod.stacks["prod-Data"]})
