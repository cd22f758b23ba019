"""Who may talk to whom: one network ACL per tier, and the security groups with every rule between them.

All of it stands in one stack: a service joins the application's security group and brings no rule of its own, so that
adding or removing one changes no other stack.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from base_infra.addresses import Addresses
from base_infra.network import Network
from watchkeeper.project.model import Environment

ANYWHERE: Final = "0.0.0.0/0"
HTTP: Final = 80
HTTPS: Final = 443
GRPC: Final = 9000
"""The port of the load balancer's gRPC listener."""
POSTGRES: Final = 5432
KAFKA_IAM: Final = 9098
KAFKA_EXPORTERS: Final = (11001, 11002)
"""JMX and node exporter of a provisioned broker, which the Datadog Agent reads."""
EPHEMERAL: Final = (1024, 65535)
_TCP: Final = 6
_NEXT_RANGE: Final = 15000
"""Between the numbers of one rule's ranges: twice this, and the highest port's, stay below EC2's limit of 32766."""


@dataclass(frozen=True, slots=True)
class Flows:
    """The ports of the connections that an environment needs.

    edge: of the load balancer. application: from the load balancer to the tasks. between_tasks: from task to task.
    broker: from the tasks to the broker. has_endpoints: there are interfaces to AWS's services.
    """

    edge: tuple[int, ...]
    application: tuple[int, ...]
    between_tasks: tuple[int, ...] = ()
    broker: tuple[int, ...] = ()
    has_endpoints: bool = False


def flows_of(environment: Environment) -> Flows:
    """What an environment's settings and services need. Pure."""
    edge = environment.edge
    services = environment.services
    grpc = {service.edge_grpc for service in services if service.edge_grpc is not None}
    exporters = KAFKA_EXPORTERS if environment.broker.kind == "provisioned" else ()
    return Flows(
        edge=(HTTP, HTTPS, GRPC) if edge.is_encrypted else (HTTP,),
        application=tuple(sorted({service.ports.http for service in services} | grpc)) or (HTTP,),
        between_tasks=tuple(sorted({each.internal_grpc for each in services if each.internal_grpc is not None})),
        broker=() if environment.broker.kind == "none" else (KAFKA_IAM, *exporters),
        has_endpoints=bool(environment.network.endpoints),
    )


@dataclass(frozen=True, slots=True)
class AclRule:
    """TCP from or to a range that an ACL lets through. ports: first and last.

    number: the rule's own, for good; were it counted, a new rule would take the number of one that still exists.
    """

    number: int
    cidr: str
    ports: tuple[int, int]

    def covers(self, other: "AclRule") -> bool:
        """Whether everything that the other lets through passes here as well."""
        wide = self.cidr in (ANYWHERE, other.cidr)
        return wide and self.ports[0] <= other.ports[0] and other.ports[1] <= self.ports[1]


@dataclass(frozen=True, slots=True)
class AclRules:
    """All that one tier's ACL lets through; everything else is refused by the ACL's own last rule."""

    inbound: tuple[AclRule, ...]
    outbound: tuple[AclRule, ...]


def acl_rules(addresses: Addresses, flows: Flows) -> dict[str, AclRules]:
    """The rules of each tier. ACLs keep no state, so every flow has its answer on the ephemeral ports. Pure.

    Flows: internet -> load balancer; load balancer -> application; application -> database and broker; application ->
    internet 443 by way of NAT, which keeps the internet's address towards the application; application -> interfaces
    of AWS's services and other tasks, which stand in the application tier itself. A rule that another one covers is
    left out: gRPC on 9000 lies among the ephemeral ports that answers need.
    """
    public, application, data = addresses.public.cidr, addresses.application.cidr, addresses.data.cidr
    is_inside = flows.has_endpoints or bool(flows.between_tasks)
    return {
        "Public": AclRules(
            inbound=_needed(
                *(_one(100 + index, ANYWHERE, port) for index, port in enumerate(flows.edge)),
                _one(200, application, HTTPS),
                AclRule(900, ANYWHERE, EPHEMERAL),
            ),
            outbound=_needed(
                *(_one(_number(port), application, port) for port in flows.application),
                _one(200, ANYWHERE, HTTPS),
                AclRule(900, ANYWHERE, EPHEMERAL),
            ),
        ),
        "Application": AclRules(
            inbound=_needed(
                *(_one(_number(port), public, port) for port in flows.application),
                *([_one(210, application, HTTPS)] if flows.has_endpoints else []),
                AclRule(900, ANYWHERE, EPHEMERAL),
            ),
            outbound=_needed(
                _one(200, ANYWHERE, HTTPS),
                _one(300, data, POSTGRES),
                *(_one(310 + index, data, port) for index, port in enumerate(flows.broker)),
                AclRule(900, public, EPHEMERAL),
                *([AclRule(910, application, EPHEMERAL)] if is_inside else []),
            ),
        ),
        "Data": AclRules(
            inbound=_needed(
                _one(300, application, POSTGRES),
                *(_one(310 + index, application, port) for index, port in enumerate(flows.broker)),
            ),
            outbound=(AclRule(900, application, EPHEMERAL),),
        ),
    }


def _one(number: int, cidr: str, port: int) -> AclRule:
    return AclRule(number, cidr, (port, port))


def _needed(*rules: AclRule) -> tuple[AclRule, ...]:
    return tuple(rule for rule in rules if not any(other.covers(rule) for other in rules if other is not rule))


def narrowed(rules: Iterable[AclRule], addresses: Addresses) -> Iterator[AclRule]:
    """The rules for the ranges that a tier's subnets fill, so that addresses nobody has stay closed."""
    for rule in rules:
        for index, cidr in enumerate(addresses.filled(rule.cidr)):
            yield AclRule(rule.number + index * _NEXT_RANGE, cidr, rule.ports)


def _number(port: int) -> int:
    """The rule number of an application port: above those of the fixed flows, below those of second ranges."""
    return 1000 + port % (_NEXT_RANGE - 1000)


class NetworkAcls(Construct):
    """One ACL per tier with explicit entries, tied to the tier's subnets."""

    def __init__(self, scope: Construct, id: str, network: Network, flows: Flows) -> None:
        super().__init__(scope, id)
        subnets = {"Public": network.public_ids, "Application": network.application_ids, "Data": network.data_ids}
        for tier, rules in acl_rules(network.addresses, flows).items():
            acl_id = ec2.CfnNetworkAcl(self, tier, vpc_id=network.vpc_id).attr_id
            for direction, entries in (("In", rules.inbound), ("Out", rules.outbound)):
                for rule in narrowed(entries, network.addresses):
                    ec2.CfnNetworkAclEntry(
                        self,
                        f"{tier}{direction}{rule.number}",
                        network_acl_id=acl_id,
                        rule_number=rule.number,
                        protocol=_TCP,
                        rule_action="allow",
                        egress=direction == "Out",
                        cidr_block=rule.cidr,
                        port_range=ec2.CfnNetworkAclEntry.PortRangeProperty(from_=rule.ports[0], to=rule.ports[1]),
                    )
            for index, subnet_id in enumerate(subnets[tier]):
                ec2.CfnSubnetNetworkAclAssociation(
                    self, f"{tier}Subnet{index}", network_acl_id=acl_id, subnet_id=subnet_id
                )


class SecurityGroups(Construct):
    """Load balancer -> application -> database and broker, chained by reference.

    Attributes are the groups' ids, tokens. broker, endpoints: None where the environment has none.
    """

    def __init__(self, scope: Construct, id: str, network: Network, flows: Flows) -> None:
        super().__init__(scope, id)
        self._vpc_id = network.vpc_id
        self._ids: dict[str, str] = {}
        names = {HTTP: "HTTP", HTTPS: "HTTPS", GRPC: "gRPC over TLS"}
        self.load_balancer = self._group(
            "LoadBalancer",
            "What the load balancer takes and sends",
            ingress=[_cidr_ingress(port, f"{names[port]} from anywhere") for port in flows.edge],
        )
        self.application = self._group(
            "Application",
            "What the tasks of all services take and send",
            egress=[_cidr_egress(HTTPS, "HTTPS to AWS and the internet")],
        )
        self.database = self._group("Database", "What the database takes")
        self._allow("LoadBalancer", "Application", flows.application)
        self._allow("Application", "Application", flows.between_tasks)
        self._allow("Application", "Database", (POSTGRES,))
        self.broker: str | None = None
        if flows.broker:
            self.broker = self._group("Broker", "What the broker takes")
            self._allow("Application", "Broker", flows.broker)
        self.endpoints: str | None = None
        if flows.has_endpoints:
            self.endpoints = self._group("Endpoints", "What the interfaces of AWS services take")
            # The way out of the application's group is its HTTPS to anywhere.
            self._take("Application", "Endpoints", HTTPS)

    def _group(
        self,
        name: str,
        description: str,
        ingress: Sequence[ec2.CfnSecurityGroup.IngressProperty] = (),
        egress: Sequence[ec2.CfnSecurityGroup.EgressProperty] = (),
    ) -> str:
        group = ec2.CfnSecurityGroup(
            self,
            name,
            group_description=description,
            vpc_id=self._vpc_id,
            security_group_ingress=list(ingress) or None,
            security_group_egress=list(egress) or [_nothing()],
        )
        self._ids[name] = group.attr_group_id
        return self._ids[name]

    def _allow(self, from_name: str, to_name: str, ports: Iterable[int]) -> None:
        """One flow is two rules: out of the one group, into the other."""
        for port in ports:
            ec2.CfnSecurityGroupEgress(
                self,
                f"{from_name}To{to_name}{port}",
                group_id=self._ids[from_name],
                destination_security_group_id=self._ids[to_name],
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"To {to_name} on {port}",
            )
            self._take(from_name, to_name, port)

    def _take(self, from_name: str, to_name: str, port: int) -> None:
        ec2.CfnSecurityGroupIngress(
            self,
            f"{to_name}From{from_name}{port}",
            group_id=self._ids[to_name],
            source_security_group_id=self._ids[from_name],
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
