"""EC2 resources that ministack's CloudFormation does not know: addresses, NAT, network ACLs, rules on their own."""

import uuid
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import ec2
from ministack.services.cloudformation import provisioners

Props = Mapping[str, Any]
Made = tuple[str, dict[str, Any]]
_FIRST_ADDRESS = 10


def new_id(prefix: str) -> str:
    """An id in EC2's form."""
    return f"{prefix}-{uuid.uuid4().hex[:17]}"


def _tags(props: Props) -> list[dict[str, str]]:
    return [dict(tag) for tag in props.get("Tags", []) if isinstance(tag, Mapping)]


def _keep_tags(resource: str, props: Props) -> None:
    if _tags(props):
        ec2._tags[resource] = _tags(props)


def create_address(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::EC2::EIP. Addresses are of TEST-NET-3, which belongs to documentation."""
    allocation = new_id("eipalloc")
    address = f"203.0.113.{_FIRST_ADDRESS + len(ec2._addresses)}"
    ec2._addresses[allocation] = {
        "AllocationId": allocation,
        "PublicIp": address,
        "Domain": "vpc",
        "AssociationId": None,
        "InstanceId": None,
        "NetworkInterfaceId": None,
        "PrivateIpAddress": None,
    }
    _keep_tags(allocation, props)
    return address, {"AllocationId": allocation, "PublicIp": address}


def delete_address(physical_id: str, _props: Props) -> None:
    """Give it back."""
    for allocation, address in list(ec2._addresses.items()):
        if address["PublicIp"] == physical_id:
            ec2._addresses.pop(allocation)


def create_nat(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::EC2::NatGateway."""
    subnet = ec2._subnets.get(props["SubnetId"])
    if subnet is None:
        raise ValueError(f"The subnet ID '{props['SubnetId']}' does not exist")
    nat = new_id("nat")
    ec2._nat_gateways[nat] = {
        "NatGatewayId": nat,
        "SubnetId": props["SubnetId"],
        "VpcId": subnet["VpcId"],
        "AllocationId": props.get("AllocationId"),
        "ConnectivityType": "public",
        "State": "available",
        "CreateTime": ec2._now_ts(),
        "Tags": _tags(props),
    }
    _keep_tags(nat, props)
    return nat, {"NatGatewayId": nat}


def create_acl(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::EC2::NetworkAcl."""
    acl = new_id("acl")
    ec2._network_acls[acl] = {
        "NetworkAclId": acl,
        "VpcId": props["VpcId"],
        "IsDefault": False,
        "Entries": [],
        "Associations": [],
        "Tags": _tags(props),
        "OwnerId": get_account_id(),
    }
    _keep_tags(acl, props)
    return acl, {"Id": acl}


def create_acl_entry(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::EC2::NetworkAclEntry, its port range kept."""
    acl = ec2._network_acls[props["NetworkAclId"]]
    entry = {
        "RuleNumber": int(props["RuleNumber"]),
        "Protocol": str(props["Protocol"]),
        "RuleAction": props.get("RuleAction", "allow"),
        "Egress": str(props.get("Egress", False)).lower() == "true",
        "CidrBlock": props.get("CidrBlock", "0.0.0.0/0"),
    }
    if props.get("PortRange"):
        entry["PortRange"] = {side: int(port) for side, port in props["PortRange"].items()}
    acl["Entries"].append(entry)
    return f"{props['NetworkAclId']}|{entry['RuleNumber']}|{entry['Egress']}", {}


def delete_acl_entry(physical_id: str, _props: Props) -> None:
    """Take it out of its list."""
    acl_id, number, egress = physical_id.split("|")
    acl = ec2._network_acls.get(acl_id)
    if acl:
        acl["Entries"] = [
            entry for entry in acl["Entries"] if (str(entry["RuleNumber"]), str(entry["Egress"])) != (number, egress)
        ]


def create_acl_association(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::EC2::SubnetNetworkAclAssociation: a subnet has one list."""
    association = new_id("aclassoc")
    for acl in ec2._network_acls.values():
        acl["Associations"] = [each for each in acl["Associations"] if each["SubnetId"] != props["SubnetId"]]
    ec2._network_acls[props["NetworkAclId"]]["Associations"].append(
        {"NetworkAclAssociationId": association, "SubnetId": props["SubnetId"]}
    )
    return association, {"AssociationId": association}


def delete_acl_association(physical_id: str, _props: Props) -> None:
    """The subnet is left without a list of its own."""
    for acl in ec2._network_acls.values():
        acl["Associations"] = [each for each in acl["Associations"] if each["NetworkAclAssociationId"] != physical_id]


def _rule(key: str) -> dict[str, Any]:
    convert = provisioners._ec2_sg_permissions if key == "IpPermissions" else provisioners._ec2_sg_egress_permissions

    def create(_logical_id: str, props: Props, _stack: str) -> Made:
        ec2._security_groups[props["GroupId"]][key].extend(convert([dict(props)]))
        rule = new_id("sgr")
        return rule, {"Id": rule}

    def delete(_physical_id: str, props: Props) -> None:
        group = ec2._security_groups.get(props.get("GroupId"))
        for rule in convert([dict(props)]) if group else []:
            if rule in group[key]:
                group[key].remove(rule)

    return {"create": create, "delete": delete}


def restrict_default_group(_logical_id: str, props: Props, _stack: str) -> Made:
    """Custom::VpcRestrictDefaultSG: what CDK's Lambda function does in AWS, done here: the default group is closed."""
    group = ec2._security_groups[props["DefaultSecurityGroupId"]]
    group["IpPermissions"] = []
    group["IpPermissionsEgress"] = []
    return f"{props['DefaultSecurityGroupId']}-restricted", {}


def _entry_xml(entry: Mapping[str, Any]) -> str:
    text = str(_plain_entry_xml(entry))
    ports = entry.get("PortRange")
    if not ports:
        return text
    span = f"<portRange><from>{ports['From']}</from><to>{ports['To']}</to></portRange>"
    return text.replace("</item>", f"{span}</item>")


_plain_entry_xml = ec2._network_acl_entry_xml


def register() -> None:
    """Add the types, and let DescribeNetworkAcls tell port ranges."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::EC2::EIP"] = {"create": create_address, "delete": delete_address}
    handlers["AWS::EC2::NatGateway"] = {
        "create": create_nat,
        "delete": lambda physical_id, _props: ec2._nat_gateways.pop(physical_id, None),
    }
    handlers["AWS::EC2::NetworkAcl"] = {
        "create": create_acl,
        "delete": lambda physical_id, _props: ec2._network_acls.pop(physical_id, None),
    }
    handlers["AWS::EC2::NetworkAclEntry"] = {"create": create_acl_entry, "delete": delete_acl_entry}
    handlers["AWS::EC2::SubnetNetworkAclAssociation"] = {
        "create": create_acl_association,
        "delete": delete_acl_association,
    }
    handlers["AWS::EC2::SecurityGroupIngress"] = _rule("IpPermissions")
    handlers["AWS::EC2::SecurityGroupEgress"] = _rule("IpPermissionsEgress")
    handlers["Custom::VpcRestrictDefaultSG"] = {
        "create": restrict_default_group,
        "delete": lambda _physical_id, _props: None,
    }
    ec2._network_acl_entry_xml = _entry_xml
