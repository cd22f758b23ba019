"""The VPC: subnets of three tiers in named zones, and the ways out."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from base_infra.addresses import DATA_ZONES, Addresses, divide
from watchkeeper.project.model import Environment


class Network(Construct):
    """Public and application subnets in two or three zones, data subnets in three; NAT once or per zone.

    Data subnets have no route out of the VPC at all. The default security group is closed. vpc_id, public_ids,
    application_ids, data_ids: tokens.
    """

    def __init__(self, scope: Construct, id: str, environment: Environment) -> None:
        super().__init__(scope, id)
        self.addresses: Addresses = divide(
            environment.network.cidr, environment.zones, environment.network.application_zones
        )
        # The tiers have different zone counts, which the construct's own subnet groups cannot say; it makes the VPC
        # alone. With zones named here nothing is looked up in an account, so synth works offline.
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(environment.network.cidr),
            availability_zones=list(environment.zones[:DATA_ZONES]),
            subnet_configuration=[],
            nat_gateways=0,
            create_internet_gateway=False,
            restrict_default_security_group=True,
        )
        # Asked once: every attribute of a construct is a question to the CDK's process.
        self.vpc_id: str = self.vpc.vpc_id
        self.public = self._public()
        self.application = self._application(is_per_zone=environment.network.nat == "per_zone")
        self.data = [
            ec2.PrivateSubnet(self, f"Data{_letter(zone)}", availability_zone=zone, cidr_block=cidr, vpc_id=self.vpc_id)
            for zone, cidr in self.addresses.data.subnets
        ]
        self.public_ids = _ids(self.public)
        self.application_ids = _ids(self.application)
        self.data_ids = _ids(self.data)

    def _public(self) -> list[ec2.PublicSubnet]:
        gateway_id = ec2.CfnInternetGateway(self, "InternetGateway").ref
        attachment = ec2.CfnVPCGatewayAttachment(
            self, "InternetGatewayAttachment", vpc_id=self.vpc_id, internet_gateway_id=gateway_id
        )
        subnets = []
        for zone, cidr in self.addresses.public.subnets:
            subnet = ec2.PublicSubnet(
                self,
                f"Public{_letter(zone)}",
                availability_zone=zone,
                cidr_block=cidr,
                vpc_id=self.vpc_id,
                map_public_ip_on_launch=False,
            )
            subnet.add_default_internet_route(gateway_id, attachment)
            subnets.append(subnet)
        return subnets

    def _application(self, *, is_per_zone: bool) -> list[ec2.PrivateSubnet]:
        count = len(self.public) if is_per_zone else 1
        gateways = [subnet.add_nat_gateway().ref for subnet in self.public[:count]]
        subnets = []
        for index, (zone, cidr) in enumerate(self.addresses.application.subnets):
            subnet = ec2.PrivateSubnet(
                self, f"Application{_letter(zone)}", availability_zone=zone, cidr_block=cidr, vpc_id=self.vpc_id
            )
            subnet.add_default_nat_route(gateways[min(index, count - 1)])
            subnets.append(subnet)
        return subnets


def _ids(subnets: Sequence[ec2.Subnet]) -> list[str]:
    return [subnet.subnet_id for subnet in subnets]


def _letter(zone: str) -> str:
    """The zone's letter, which makes ids readable and keeps them when zones are added."""
    return zone[-1].upper()
