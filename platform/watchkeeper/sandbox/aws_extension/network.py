"""EC2 resources that ministack's CloudFormation does not know: addresses, NAT, ACLs, rules on their own, flow logs."""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.responses import get_account_id
from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from .resources import Create, Delete, Made, Props, add_type

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


def _rule(key: str) -> tuple[Create, Delete]:
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

    return create, delete


def create_flow_log(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::EC2::FlowLog."""
    flow_log = new_id("fl")
    ec2._flow_logs[flow_log] = {
        "FlowLogId": flow_log,
        "ResourceId": props["ResourceId"],
        "ResourceType": props["ResourceType"],
        "TrafficType": props["TrafficType"],
        "LogDestinationType": props.get("LogDestinationType", "cloud-watch-logs"),
        "LogDestination": props.get("LogDestination", ""),
        "LogGroupName": props.get("LogGroupName", ""),
        "DeliverLogsPermissionArn": props.get("DeliverLogsPermissionArn", ""),
        "MaxAggregationInterval": int(props.get("MaxAggregationInterval", 600)),
        "FlowLogStatus": "ACTIVE",
        "CreationTime": ec2._now_ts(),
    }
    _keep_tags(flow_log, props)
    return flow_log, {"Id": flow_log}


def _describe_flow_logs(params: Mapping[str, Any]) -> tuple[int, Any, bytes]:
    """DescribeFlowLogs with the log group, the role and the interval."""
    status, headers, body = _plain_describe_flow_logs(params)
    text = body.decode()
    for flow_log in ec2._flow_logs.values():
        start = f"<flowLogId>{flow_log['FlowLogId']}</flowLogId>"
        more = "".join(
            f"<{name[:1].lower()}{name[1:]}>{flow_log[name]}</{name[:1].lower()}{name[1:]}>"
            for name in ("LogGroupName", "DeliverLogsPermissionArn", "MaxAggregationInterval")
            if flow_log.get(name)
        )
        text = text.replace(start, start + more)
    return status, headers, text.encode()


def _endpoint_xml(endpoint: Mapping[str, Any], tag: str = "item") -> str:
    """An endpoint with its groups, its private name and its policy."""
    groups = "".join(f"<item><groupId>{each}</groupId></item>" for each in endpoint.get("SecurityGroupIds", []))
    private = str(endpoint.get("PrivateDnsEnabled", False)).lower()
    policy = endpoint.get("PolicyDocument")
    told = escape(json.dumps(policy)) if policy else ""
    more = (
        f"<groupSet>{groups}</groupSet><privateDnsEnabled>{private}</privateDnsEnabled>"
        f"<policyDocument>{told}</policyDocument>"
    )
    start = str(_plain_endpoint_xml(endpoint, tag)).rpartition(f"</{tag}>")[0]
    return f"{start}{more}</{tag}>"


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


def _describe_nat_gateways(params: Any) -> tuple[int, dict[str, str], bytes]:  # noqa: ANN401 - the query
    """With the address of each gateway."""
    status, headers, body = _plain_describe_nat_gateways(params)
    text = body.decode() if isinstance(body, bytes) else str(body)

    def filled(found: re.Match[str]) -> str:
        allocation = ec2._nat_gateways[found[2]].get("AllocationId")
        address = ec2._addresses.get(allocation, {}).get("PublicIp", "")
        item = f"<item><allocationId>{allocation}</allocationId><publicIp>{address}</publicIp></item>"
        return f"{found[1]}<natGatewayAddressSet>{item}</natGatewayAddressSet>"

    pattern = r"(<natGatewayId>(nat-[0-9a-f]+)</natGatewayId>.*?)<natGatewayAddressSet/>"
    return status, headers, re.sub(pattern, filled, text, flags=re.DOTALL).encode()


_plain_describe_nat_gateways = ec2._describe_nat_gateways
_plain_entry_xml = ec2._network_acl_entry_xml
_plain_endpoint_xml = ec2._vpce_fields_xml
_plain_describe_flow_logs = ec2._describe_flow_logs


def register() -> None:
    """Add the types, and let the API tell all of ACL entries, endpoints and flow logs."""
    add_type("AWS::EC2::EIP", create_address, delete_address)
    add_type("AWS::EC2::NatGateway", create_nat, lambda nat, _props: ec2._nat_gateways.pop(nat, None))
    add_type("AWS::EC2::NetworkAcl", create_acl, lambda acl, _props: ec2._network_acls.pop(acl, None))
    add_type("AWS::EC2::NetworkAclEntry", create_acl_entry, delete_acl_entry)
    add_type("AWS::EC2::SubnetNetworkAclAssociation", create_acl_association, delete_acl_association)
    add_type("AWS::EC2::SecurityGroupIngress", *_rule("IpPermissions"))
    add_type("AWS::EC2::SecurityGroupEgress", *_rule("IpPermissionsEgress"))
    add_type("AWS::EC2::FlowLog", create_flow_log, lambda flow_log, _props: ec2._flow_logs.pop(flow_log, None))
    add_type("Custom::VpcRestrictDefaultSG", restrict_default_group, lambda _physical_id, _props: None)
    ec2._network_acl_entry_xml = _entry_xml
    ec2._vpce_fields_xml = _endpoint_xml
    ec2._ACTION_MAP["DescribeNatGateways"] = _describe_nat_gateways
    ec2._ACTION_MAP["DescribeFlowLogs"] = _describe_flow_logs
