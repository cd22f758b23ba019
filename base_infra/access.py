"""Who may talk to whom: one network ACL per tier, and the security groups with every rule between them.

All of it stands in one stack: a service joins the application's security group and brings no rule of its own, so that
adding or removing one changes no other stack.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from base_infra.addresses import Addresses
from base_infra.network import Network, subnet_ids

ANYWHERE: Final = "0.0.0.0/0"
HTTP: Final = 80
HTTPS: Final = 443
POSTGRES: Final = 5432
EPHEMERAL: Final = (1024, 65535)
_TCP: Final = 6


@dataclass(frozen=True, slots=True)
class AclRule:
    """TCP from or to a range that an ACL lets through. ports: first and last.

    number: the rule's own, for good; were it counted, a new rule would take the number of one that still exists.
    """

    number: int
    cidr: str
    ports: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AclRules:
    """All that one tier's ACL lets through; everything else is refused by the ACL's own last rule."""

    inbound: tuple[AclRule, ...]
    outbound: tuple[AclRule, ...]


def acl_rules(addresses: Addresses, application_ports: Sequence[int]) -> dict[str, AclRules]:
    """The rules of each tier. ACLs keep no state, so every flow has its answer on the ephemeral ports. Pure.

    Flows: internet -> load balancer 80; load balancer -> application; application -> database 5432;
    application -> internet 443 by way of NAT, which keeps the internet's address towards the application.
    """
    public, application, data = addresses.public.cidr, addresses.application.cidr, addresses.data.cidr
    to_application = tuple(AclRule(_number(port), application, (port, port)) for port in application_ports)
    from_public = tuple(AclRule(_number(port), public, (port, port)) for port in application_ports)
    return {
        "Public": AclRules(
            inbound=(
                AclRule(100, ANYWHERE, (HTTP, HTTP)),
                AclRule(200, application, (HTTPS, HTTPS)),
                AclRule(900, ANYWHERE, EPHEMERAL),
            ),
            outbound=(*to_application, AclRule(200, ANYWHERE, (HTTPS, HTTPS)), AclRule(900, ANYWHERE, EPHEMERAL)),
        ),
        "Application": AclRules(
            inbound=(*from_public, AclRule(900, ANYWHERE, EPHEMERAL)),
            outbound=(
                AclRule(200, ANYWHERE, (HTTPS, HTTPS)),
                AclRule(300, data, (POSTGRES, POSTGRES)),
                AclRule(900, public, EPHEMERAL),
            ),
        ),
        "Data": AclRules(
            inbound=(AclRule(300, application, (POSTGRES, POSTGRES)),),
            outbound=(AclRule(900, application, EPHEMERAL),),
        ),
    }


def _number(port: int) -> int:
    """The rule number of an application port: above those of the fixed flows, below EC2's limit of 32766."""
    return 1000 + port % 31000


class NetworkAcls(Construct):
    """One ACL per tier with explicit entries, tied to the tier's subnets."""

    def __init__(self, scope: Construct, id: str, network: Network, application_ports: Sequence[int]) -> None:  # noqa: A002
        super().__init__(scope, id)
        subnets = {"Public": network.public, "Application": network.application, "Data": network.data}
        for tier, rules in acl_rules(network.addresses, application_ports).items():
            acl = ec2.CfnNetworkAcl(self, tier, vpc_id=network.vpc_id)
            for direction, entries in (("In", rules.inbound), ("Out", rules.outbound)):
                for rule in entries:
                    ec2.CfnNetworkAclEntry(
                        self,
                        f"{tier}{direction}{rule.number}",
                        network_acl_id=acl.attr_id,
                        rule_number=rule.number,
                        protocol=_TCP,
                        rule_action="allow",
                        egress=direction == "Out",
                        cidr_block=rule.cidr,
                        port_range=ec2.CfnNetworkAclEntry.PortRangeProperty(from_=rule.ports[0], to=rule.ports[1]),
                    )
            for index, subnet_id in enumerate(subnet_ids(subnets[tier])):
                ec2.CfnSubnetNetworkAclAssociation(
                    self, f"{tier}Subnet{index}", network_acl_id=acl.attr_id, subnet_id=subnet_id
                )


class SecurityGroups(Construct):
    """Load balancer -> application -> database, chained by reference."""

    def __init__(self, scope: Construct, id: str, network: Network, application_ports: Sequence[int]) -> None:  # noqa: A002
        super().__init__(scope, id)
        self._vpc_id = network.vpc_id
        self.load_balancer = self._group(
            "LoadBalancer",
            "What the load balancer takes and sends",
            ingress=[_cidr_ingress(HTTP, "HTTP from anywhere")],
        )
        self.application = self._group(
            "Application",
            "What the tasks of all services take and send",
            egress=[_cidr_egress(HTTPS, "HTTPS to AWS and the internet")],
        )
        self.database = self._group("Database", "What the database takes")
        for port in application_ports:
            self._allow("LoadBalancer", self.load_balancer, "Application", self.application, port)
        self._allow("Application", self.application, "Database", self.database, POSTGRES)

    def _group(
        self,
        name: str,
        description: str,
        ingress: Sequence[ec2.CfnSecurityGroup.IngressProperty] = (),
        egress: Sequence[ec2.CfnSecurityGroup.EgressProperty] = (),
    ) -> ec2.CfnSecurityGroup:
        return ec2.CfnSecurityGroup(
            self,
            name,
            group_description=description,
            vpc_id=self._vpc_id,
            security_group_ingress=list(ingress) or None,
            security_group_egress=list(egress) or [_nothing()],
        )

    def _allow(
        self, from_name: str, source: ec2.CfnSecurityGroup, to_name: str, target: ec2.CfnSecurityGroup, port: int
    ) -> None:
        """One flow is two rules: out of the one group, into the other."""
        ec2.CfnSecurityGroupEgress(
            self,
            f"{from_name}To{to_name}{port}",
            group_id=source.attr_group_id,
            destination_security_group_id=target.attr_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"To {to_name} on {port}",
        )
        ec2.CfnSecurityGroupIngress(
            self,
            f"{to_name}From{from_name}{port}",
            group_id=target.attr_group_id,
            source_security_group_id=source.attr_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"From {from_name} on {port}",
        )


def _cidr_ingress(port: int, description: str) -> ec2.CfnSecurityGroup.IngressProperty:
    return ec2.CfnSecurityGroup.IngressProperty(
        ip_protocol="tcp", from_port=port, to_port=port, cidr_ip=ANYWHERE, description=description
    )


def _cidr_egress(port: int, description: str) -> ec2.CfnSecurityGroup.EgressProperty:
    return ec2.CfnSecurityGroup.EgressProperty(
        ip_protocol="tcp", from_port=port, to_port=port, cidr_ip=ANYWHERE, description=description
    )


def _nothing() -> ec2.CfnSecurityGroup.EgressProperty:
    # A group without any egress rule of its own gets "everything to everywhere" from EC2; this one matches no packet.
    return ec2.CfnSecurityGroup.EgressProperty(
        ip_protocol="icmp", from_port=252, to_port=86, cidr_ip="255.255.255.255/32", description="Nothing"
    )
