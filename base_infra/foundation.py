"""Stack `<env>-Foundation`: the network, who may talk to whom, and the cluster that services run in."""

from aws_cdk import Stack
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from base_infra.access import NetworkAcls, SecurityGroups
from base_infra.network import Network, subnet_ids
from base_infra.stack import export
from watchkeeper.project.model import Environment, Project


class Foundation(Stack):
    """What everything else stands on. Its exports do not depend on which services exist."""

    def __init__(self, scope: Construct, id: str, project: Project, environment: Environment, **kwargs: object) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        # What the CDK would look up in the account otherwise, which needs credentials; the zones are declared.
        lookup = f"availability-zones:account={environment.account}:region={environment.region}"
        self.node.set_context(lookup, list(environment.zones))
        ports = sorted({service.ports.http for service in environment.services} or {80})
        network = Network(self, "Network", environment)
        NetworkAcls(self, "Acls", network, ports)
        groups = SecurityGroups(self, "SecurityGroups", network, ports)
        cluster = ecs.CfnCluster(
            self,
            "Cluster",
            cluster_name=f"{project.name}-{environment.name}",
            cluster_settings=[ecs.CfnCluster.ClusterSettingsProperty(name="containerInsights", value="disabled")],
        )
        self.vpc_id = network.vpc_id
        self.public_subnets = subnet_ids(network.public)
        self.application_subnets = subnet_ids(network.application)
        self.data_subnets = subnet_ids(network.data)
        self.load_balancer_group = groups.load_balancer.attr_group_id
        self.application_group = groups.application.attr_group_id
        self.database_group = groups.database.attr_group_id
        self.cluster_name = cluster.ref
        export(self, self.vpc_id, *self.application_subnets, self.application_group, self.cluster_name)
