"""What EC2's own API tells of the network, in CloudFormation's names."""

import json
from collections.abc import Mapping
from typing import Any

from watchkeeper.sandbox.judge.about import About, Described, Describer


def _vpc(about: About) -> Described:
    vpc = about.one("ec2", "describe_vpcs", "Vpcs", VpcIds=[about.id])
    found = dict(vpc)
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        answer = about.client("ec2").describe_vpc_attribute(VpcId=about.id, Attribute=name)
        key = name[0].upper() + name[1:]
        found[key] = answer[key]["Value"]
    return found


def _route(about: About) -> Described:
    table = _route_table(about, about.given["RouteTableId"])
    same = [each for each in table["Routes"] if each.get("DestinationCidrBlock") == about.given["DestinationCidrBlock"]]
    return {**same[0], "RouteTableId": table["RouteTableId"]} if same else {}


def _route_table(about: About, table_id: str) -> Mapping[str, Any]:
    return about.one("ec2", "describe_route_tables", "RouteTables", RouteTableIds=[table_id])


def _route_table_association(about: About) -> Described:
    table = _route_table(about, about.given["RouteTableId"])
    mine = [each for each in table["Associations"] if each.get("SubnetId") == about.given["SubnetId"]]
    return mine[0] if mine else {}


def _attachment(about: About) -> Described:
    gateway = about.one(
        "ec2", "describe_internet_gateways", "InternetGateways", InternetGatewayIds=[about.given["InternetGatewayId"]]
    )
    vpcs = [each["VpcId"] for each in gateway["Attachments"]]
    return {"InternetGatewayId": gateway["InternetGatewayId"], "VpcId": vpcs[0] if vpcs else None}


def _nat(about: About) -> Described:
    gateway = about.one("ec2", "describe_nat_gateways", "NatGateways", NatGatewayIds=[about.id])
    addresses = gateway.get("NatGatewayAddresses") or [{}]
    is_gone = gateway.get("State") != "available"
    return {} if is_gone else {**gateway, "AllocationId": addresses[0].get("AllocationId")}


def _acl(about: About, acl_id: str) -> Mapping[str, Any]:
    return about.one("ec2", "describe_network_acls", "NetworkAcls", NetworkAclIds=[acl_id])


def _acl_entry(about: About) -> Described:
    acl = _acl(about, about.given["NetworkAclId"])
    is_egress = about.given["Egress"]
    for entry in acl["Entries"]:
        if entry["RuleNumber"] == int(about.given["RuleNumber"]) and entry["Egress"] == is_egress:
            return {**entry, "NetworkAclId": acl["NetworkAclId"]}
    return {}


def _acl_association(about: About) -> Described:
    acl = _acl(about, about.given["NetworkAclId"])
    mine = [each for each in acl["Associations"] if each["SubnetId"] == about.given["SubnetId"]]
    return {**mine[0], "NetworkAclId": acl["NetworkAclId"]} if mine else {}


def _group(about: About, group_id: str) -> Mapping[str, Any]:
    return about.one("ec2", "describe_security_groups", "SecurityGroups", GroupIds=[group_id])


def _rules(permissions: list[dict[str, Any]], peer: str) -> list[dict[str, Any]]:
    """One entry for each peer of a permission, as the template writes them. peer: the key of a group."""
    found = []
    for each in permissions:
        common = {"IpProtocol": each["IpProtocol"], "FromPort": each.get("FromPort"), "ToPort": each.get("ToPort")}
        found += [{**common, **one} for one in each.get("IpRanges", [])]
        found += [
            {**common, peer: one["GroupId"], "Description": one.get("Description")}
            for one in each.get("UserIdGroupPairs", [])
        ]
        found += [{**common, **one} for one in each.get("PrefixListIds", [])]
    return found


def _security_group(about: About) -> Described:
    group = _group(about, about.id)
    return {
        "GroupDescription": group["Description"],
        "VpcId": group["VpcId"],
        "SecurityGroupIngress": _rules(group["IpPermissions"], "SourceSecurityGroupId"),
        "SecurityGroupEgress": _rules(group["IpPermissionsEgress"], "DestinationSecurityGroupId"),
    }


def _rule(about: About, permissions: str, peer: str) -> Described:
    group = _group(about, about.given["GroupId"])
    for each in _rules(group[permissions], peer):
        if all(str(each.get(name)) == str(about.given[name]) for name in ("FromPort", "ToPort", peer)):
            return {**each, "GroupId": group["GroupId"]}
    return {}


def _default_group(about: About) -> Described:
    group = _group(about, about.given["DefaultSecurityGroupId"])
    is_closed = not group["IpPermissions"] and not group["IpPermissionsEgress"]
    return {"DefaultSecurityGroupId": group["GroupId"] if is_closed else "open"}


def _endpoint(about: About) -> Described:
    found = about.that("ec2", "describe_vpc_endpoints", "VpcEndpoints", {"VpcEndpointId": about.id})
    return {
        **found,
        "SecurityGroupIds": [each["GroupId"] for each in found.get("Groups", [])],
        "PolicyDocument": json.loads(found["PolicyDocument"]),
    }


def _flow_log(about: About) -> Described:
    found = about.that("ec2", "describe_flow_logs", "FlowLogs", {"FlowLogId": about.id})
    kinds = {"vpc": "VPC", "subnet": "Subnet", "eni": "NetworkInterface"}
    return {**found, "ResourceType": kinds[found["ResourceId"].partition("-")[0]]}


DESCRIBERS: Mapping[str, Describer] = {
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::Subnet": lambda about: about.one("ec2", "describe_subnets", "Subnets", SubnetIds=[about.id]),
    "AWS::EC2::RouteTable": lambda about: _route_table(about, about.id),
    "AWS::EC2::Route": _route,
    "AWS::EC2::SubnetRouteTableAssociation": _route_table_association,
    "AWS::EC2::InternetGateway": lambda about: about.one(
        "ec2", "describe_internet_gateways", "InternetGateways", InternetGatewayIds=[about.id]
    ),
    "AWS::EC2::VPCGatewayAttachment": _attachment,
    "AWS::EC2::EIP": lambda about: about.that("ec2", "describe_addresses", "Addresses", {"PublicIp": about.id}),
    "AWS::EC2::NatGateway": _nat,
    "AWS::EC2::NetworkAcl": lambda about: _acl(about, about.id),
    "AWS::EC2::NetworkAclEntry": _acl_entry,
    "AWS::EC2::SubnetNetworkAclAssociation": _acl_association,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::SecurityGroupIngress": lambda about: _rule(about, "IpPermissions", "SourceSecurityGroupId"),
    "AWS::EC2::SecurityGroupEgress": lambda about: _rule(about, "IpPermissionsEgress", "DestinationSecurityGroupId"),
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::EC2::FlowLog": _flow_log,
    "Custom::VpcRestrictDefaultSG": _default_group,
}
