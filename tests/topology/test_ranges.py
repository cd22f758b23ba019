"""Rules and routes that name something else than one IPv4 range."""

from typing import Any

import pytest

from tests.topology.conftest import Stacks, Synthesized
from tests.topology.test_reach import NETWORK, add, blocked, entry, id_of, judged, resource
from watchkeeper.errors import ConfigError

IDLE = "the VPC has no IPv6 addresses, so that it matches no packet"


def group_of(stacks: Stacks, name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [id_of(stacks, NETWORK, f"SecurityGroups{name}"), "GroupId"]}


def lists(stacks: Stacks, *cidrs: str, family: str = "IPv4") -> dict[str, Any]:
    entries = [{"Cidr": cidr} for cidr in cidrs]
    add(stacks, "List", "AWS::EC2::PrefixList", PrefixListName="l", AddressFamily=family, MaxEntries=9, Entries=entries)
    return {"Fn::GetAtt": ["List", "PrefixListId"]}


def test_ipv6_in_a_vpc_without_ipv6_addresses_is_superfluous(prod: Synthesized) -> None:
    """Rules of groups, entries of ACLs and routes: none is passed over, and none of them lets anything through."""

    def six(stacks: Stacks) -> None:
        ports = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv6": "::/0"}
        add(stacks, "In6", "AWS::EC2::SecurityGroupIngress", GroupId=group_of(stacks, "Database"), **ports)
        resource(stacks, NETWORK, "SecurityGroupsApplication")["SecurityGroupEgress"].append(ports)
        entry(stacks, "Acl6", "AclsData", 5000, Ipv6CidrBlock="::/0")
        del stacks[NETWORK]["Resources"]["Acl6"]["Properties"]["CidrBlock"]
        table = {"Ref": id_of(stacks, NETWORK, "NetworkDataARouteTable")}
        add(stacks, "Out6", "AWS::EC2::Route", RouteTableId=table, DestinationIpv6CidrBlock="::/0", GatewayId="igw-1")

    findings = judged(prod, six).findings

    assert {(finding.kind, finding.what) for finding in findings} == {("superfluous", IDLE)}
    rules = {finding.rule.partition("/")[2] for finding in findings}
    assert {name for name in rules if len(name) < 6} == {"In6", "Acl6", "Out6"}
    assert len(rules) == 4


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::EC2::VPCCidrBlock", {"AmazonProvidedIpv6CidrBlock": True}),
        ("AWS::EC2::VPCCidrBlock", {"CidrBlock": "100.64.0.0/16"}),
        ("AWS::EC2::SubnetCidrBlock", {"Ipv6CidrBlock": "2001:db8::/64"}),
    ],
)
def test_addresses_beyond_the_one_ipv4_range_end_the_judgement(
    prod: Synthesized, kind: str, properties: dict[str, Any]
) -> None:
    """Half a judgement would be taken for the whole."""
    with pytest.raises(ConfigError, match="cannot be judged") as caught:
        judged(prod, lambda stacks: add(stacks, "More", kind, **properties))

    (problem,) = caught.value.problems
    assert problem.what.startswith(f"{NETWORK}/More: ")
    assert problem.fix


def test_a_prefix_list_of_the_templates_counts_as_its_ranges(prod: Synthesized) -> None:
    """The ranges of the application's subnets stand in a list, and queries pass as before."""

    def listed(stacks: Stacks) -> None:
        rule = stacks[NETWORK]["Resources"][id_of(stacks, NETWORK, "SecurityGroupsDatabaseFromApplication5432")]
        del rule["Properties"]["SourceSecurityGroupId"]
        rule["Properties"]["SourcePrefixListId"] = lists(stacks, "10.30.64.0/20", "10.30.80.0/20")

    assert judged(prod, listed).findings == ()


def test_a_range_of_a_prefix_list_that_no_flow_needs_is_named(prod: Synthesized) -> None:
    """The rule and the range."""

    def listed(stacks: Stacks) -> None:
        rule = stacks[NETWORK]["Resources"][id_of(stacks, NETWORK, "SecurityGroupsDatabaseFromApplication5432")]
        del rule["Properties"]["SourceSecurityGroupId"]
        rule["Properties"]["SourcePrefixListId"] = lists(stacks, "10.30.64.0/20", "10.30.80.0/20", "192.0.2.0/24")

    (finding,) = judged(prod, listed).findings

    assert finding.kind == "superfluous"
    assert finding.rule.startswith(f"{NETWORK}/SecurityGroupsDatabaseFromApplication5432")
    assert finding.rule.endswith(" for 192.0.2.0/24")


def test_a_route_for_a_prefix_list_takes_its_ranges_away(prod: Synthesized) -> None:
    """The longest prefix wins, whichever way it is written."""

    def divert(stacks: Stacks) -> None:
        table = {"Ref": id_of(stacks, NETWORK, "NetworkApplicationARouteTable")}
        target = {"DestinationPrefixListId": lists(stacks, "10.30.128.0/20"), "TransitGatewayId": "tgw-1"}
        add(stacks, "Diversion", "AWS::EC2::Route", RouteTableId=table, **target)

    (reason, *_) = blocked(judged(prod, divert))["queries"]

    assert f"route {NETWORK}/Diversion for 10.30.128.0/20 leads packets for DataA elsewhere" in reason


def test_a_route_for_a_prefix_list_of_elsewhere_ends_the_judgement(prod: Synthesized) -> None:
    """Which ranges it takes is not in the templates."""

    def foreign(stacks: Stacks) -> None:
        table = {"Ref": id_of(stacks, NETWORK, "NetworkApplicationARouteTable")}
        target = {"DestinationPrefixListId": "pl-12345", "TransitGatewayId": "tgw-1"}
        add(stacks, "Foreign", "AWS::EC2::Route", RouteTableId=table, **target)

    with pytest.raises(ConfigError) as caught:
        judged(prod, foreign)

    assert [problem.what for problem in caught.value.problems] == [
        f"{NETWORK}/Foreign: the prefix list pl-12345 cannot be judged"
    ]


def test_an_entry_of_an_acl_outside_the_templates_ends_the_judgement(prod: Synthesized) -> None:
    """It would change what an ACL lets through that nobody sees."""

    def foreign(stacks: Stacks) -> None:
        entry(stacks, "Foreign", "AclsData", 5000)
        stacks[NETWORK]["Resources"]["Foreign"]["Properties"]["NetworkAclId"] = "acl-12345"

    with pytest.raises(ConfigError, match="the network ACL acl-12345 cannot be judged"):
        judged(prod, foreign)
