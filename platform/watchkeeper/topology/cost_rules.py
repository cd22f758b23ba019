"""What each type of resource is charged for: a rule gives the uses of one resource, each with the name of its price."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.topology.prices import Assumptions
from watchkeeper.topology.templates import Reference, Resource, Templates, resource_of, resources_of

HOURS: Final = 730
_GB: Final = 1e9
_UNITS_OF_A_VCPU: Final = 1024
_MIB_OF_A_GB: Final = 1024
_ALARMS_OF_A_POLICY: Final = 2
_METRIC_STREAM: Final = "AWS::CloudWatch::MetricStream"
_DELIVERY: Final = "AWS::KinesisFirehose::DeliveryStream"


@dataclass(frozen=True, slots=True)
class Demand:
    """Requests of one service. requests: a month. per_minute: as recorded, each value for the same span of time."""

    requests: float
    per_minute: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What rules may look at. demands: by service, None where no traffic was given."""

    templates: Templates
    assumptions: Assumptions
    demands: Mapping[str, Demand] | None

    @property
    def requests(self) -> float:
        """Of all services in a month."""
        return sum(demand.requests for demand in (self.demands or {}).values())


@dataclass(frozen=True, slots=True)
class Use:
    """Something that is charged for. price: its name in the price file. quantity: a month's, in the price's unit."""

    what: str
    price: str
    quantity: float
    is_fixed: bool = True


Rule = Callable[[Context, Resource], Iterator[Use]]


def _nat_gateway(context: Context, _resource: Resource) -> Iterator[Use]:
    yield Use("hours", "nat-gateway-hour", HOURS)
    count = sum(1 for _ in context.templates.of_type("AWS::EC2::NatGateway"))
    yield _gb("data through NAT", "nat-gateway-gb", context.requests * context.assumptions.nat_bytes / count)


def _address(_context: Context, _resource: Resource) -> Iterator[Use]:
    yield Use("public address", "public-ipv4-hour", HOURS)


def _endpoint(context: Context, resource: Resource) -> Iterator[Use]:
    if resource.properties.get("VpcEndpointType") != "Interface":
        return
    yield Use("hours", "interface-endpoint-hour", HOURS * len(resources_of(resource.properties.get("SubnetIds"))))
    interfaces = [
        each
        for each in context.templates.of_type("AWS::EC2::VPCEndpoint")
        if each.properties.get("VpcEndpointType") == "Interface"
    ]
    transferred = context.requests * context.assumptions.endpoint_bytes / len(interfaces)
    yield _gb("data through the endpoint", "interface-endpoint-gb", transferred)


def _load_balancer(context: Context, resource: Resource) -> Iterator[Use]:
    yield Use("hours", "load-balancer-hour", HOURS)
    if resource.properties.get("Scheme", "internet-facing") == "internet-facing":
        subnets = len(resources_of(resource.properties.get("Subnets")))
        yield Use("public addresses", "public-ipv4-hour", HOURS * subnets)
    sent = context.requests * context.assumptions.response_bytes
    # One capacity unit carries a GB an hour; with small responses other dimensions could be larger.
    yield Use("capacity units", "load-balancer-lcu-hour", sent / _GB, is_fixed=False)
    yield _gb("data to the internet", "internet-out-gb", sent)


def _ecs_service(context: Context, resource: Resource) -> Iterator[Use]:
    task = next(
        each
        for each in context.templates.of_type("AWS::ECS::TaskDefinition")
        if each.ref == resource_of(resource.properties["TaskDefinition"])
    )
    low, high = _capacity(context, resource)
    vcpu = int(task.properties["Cpu"]) / _UNITS_OF_A_VCPU
    gb = int(task.properties["Memory"]) / _MIB_OF_A_GB
    platform = task.properties.get("RuntimePlatform") or {}
    chip = "arm" if platform.get("CpuArchitecture") == "ARM64" else "x86"
    spot = _spot_ratio(resource, low)
    name = str(resource.properties.get("ServiceName", resource.ref.short))
    more = _extra_tasks(context, resource, name, low, high)
    for kind, ratio in (("", 1 - spot), ("-spot", spot)):
        if ratio:
            where = "on Spot" if kind else "on demand"
            for what, price, size in (("vCPU", "vcpu-hour", vcpu), ("memory", "gb-hour", gb)):
                named, hours = f"fargate-{price}-{chip}{kind}", HOURS * ratio * size
                yield Use(f"{what} {where}", named, low * hours)
                yield Use(f"{what} {where}, by demand", named, more * hours, is_fixed=False)
    demand = (context.demands or {}).get(name)
    yield _gb("logs", "logs-gb", (demand.requests if demand else 0) * context.assumptions.log_bytes)


def _capacity(context: Context, service: Resource) -> tuple[int, int]:
    """The smallest and the largest number of tasks."""
    for target in context.templates.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        if target.ref.stack == service.ref.stack:
            return int(target.properties["MinCapacity"]), int(target.properties["MaxCapacity"])
    count = int(service.properties.get("DesiredCount", 1))
    return count, count


def _spot_ratio(service: Resource, tasks: int) -> float:
    """Share of the smallest number of tasks that runs on Fargate Spot."""
    strategy = service.properties.get("CapacityProviderStrategy") or []
    base = sum(int(item.get("Base", 0)) for item in strategy if item["CapacityProvider"] == "FARGATE")
    weights = {item["CapacityProvider"]: float(item.get("Weight", 0)) for item in strategy}
    total = sum(weights.values())
    if not total or not tasks:
        return 0.0
    return max(tasks - base, 0) / tasks * weights.get("FARGATE_SPOT", 0) / total


def _extra_tasks(context: Context, service: Resource, name: str, low: int, high: int) -> float:
    """Tasks above the smallest number, on average: what the policy on requests per target asks for in each minute."""
    demand = (context.demands or {}).get(name)
    per_target = _requests_per_target(context, service.ref.stack)
    if demand is None or not demand.per_minute or per_target is None:
        return 0.0
    wanted = [min(max(-(-value // per_target), low), high) for value in demand.per_minute]
    return sum(wanted) / len(wanted) - low


def _requests_per_target(context: Context, stack: str) -> float | None:
    for policy in context.templates.of_type("AWS::ApplicationAutoScaling::ScalingPolicy"):
        config = policy.properties.get("TargetTrackingScalingPolicyConfiguration") or {}
        metric = (config.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType")
        if policy.ref.stack == stack and metric == "ALBRequestCountPerTarget":
            return float(config["TargetValue"])
    return None


def _database_instance(context: Context, resource: Resource) -> Iterator[Use]:
    kind = str(resource.properties["DBInstanceClass"])
    if kind != "db.serverless":
        yield Use("hours", f"rds-{kind}-hour", HOURS)
        return
    cluster = _cluster_of(context, resource_of(resource.properties.get("DBClusterIdentifier")))
    acu = float((cluster.get("ServerlessV2ScalingConfiguration") or {}).get("MinCapacity", 0))
    yield Use("smallest capacity", "aurora-acu-hour", acu * HOURS)
    if cluster.get("DatabaseInsightsMode") == "advanced":
        yield Use("Database Insights, advanced", "database-insights-acu-hour", acu * HOURS)


def _cluster_of(context: Context, ref: Reference | None) -> Mapping[str, Any]:
    for cluster in context.templates.of_type("AWS::RDS::DBCluster"):
        if cluster.ref == ref:
            return cluster.properties
    return {}


def _database_cluster(context: Context, _resource: Resource) -> Iterator[Use]:
    yield Use("storage", "aurora-gb-month", context.assumptions.database_gb, is_fixed=False)
    ios = context.requests * context.assumptions.database_ios / 1e6
    yield Use("reads and writes", "aurora-io-million", ios, is_fixed=False)


def _kafka(_context: Context, resource: Resource) -> Iterator[Use]:
    info = resource.properties["BrokerNodeGroupInfo"]
    brokers = int(resource.properties["NumberOfBrokerNodes"])
    yield Use("broker hours", f"msk-{info['InstanceType']}-hour", HOURS * brokers)
    volume = ((info.get("StorageInfo") or {}).get("EBSStorageInfo") or {}).get("VolumeSize", 0)
    yield Use("storage", "msk-gb-month", float(volume) * brokers)


def _kafka_serverless(_context: Context, _resource: Resource) -> Iterator[Use]:
    yield Use("cluster hours", "msk-serverless-cluster-hour", HOURS)


def _ecs_cluster(context: Context, resource: Resource) -> Iterator[Use]:
    settings = {item["Name"]: item["Value"] for item in resource.properties.get("ClusterSettings") or []}
    if settings.get("containerInsights", "disabled") != "disabled":
        metrics = context.assumptions.container_insights_metrics
        yield Use("Container Insights", "container-insights-metric-month", metrics, is_fixed=False)


def _alarm(_context: Context, resource: Resource) -> Iterator[Use]:
    metrics = [item for item in resource.properties.get("Metrics") or [] if "MetricStat" in item]
    yield Use("alarm metrics", "alarm-metric-month", len(metrics) or 1)


def _scaling_policy(_context: Context, resource: Resource) -> Iterator[Use]:
    config = resource.properties.get("TargetTrackingScalingPolicyConfiguration")
    if config is not None:
        custom = (config.get("CustomizedMetricSpecification") or {}).get("Metrics") or []
        metrics = len([item for item in custom if "MetricStat" in item]) or 1
        # AWS makes one alarm to scale out and one to scale in.
        yield Use("its two alarms", "alarm-metric-month", _ALARMS_OF_A_POLICY * metrics)


def _metric_stream(context: Context, _resource: Resource) -> Iterator[Use]:
    updates = context.assumptions.streamed_metrics * 60 * HOURS
    yield Use("metric updates", "metric-update-thousand", updates / 1000, is_fixed=False)


def _delivery_stream(context: Context, resource: Resource) -> Iterator[Use]:
    metrics = {resource_of(each.properties.get("FirehoseArn")) for each in context.templates.of_type(_METRIC_STREAM)}
    if resource.ref in metrics:
        updates = context.assumptions.streamed_metrics * 60 * HOURS
        yield _gb("data", "firehose-gb", updates * context.assumptions.streamed_metric_bytes)
        return
    streams = [each for each in context.templates.of_type(_DELIVERY) if each.ref not in metrics]
    yield _gb("logs", "firehose-gb", context.requests * context.assumptions.forwarded_log_bytes / len(streams))


def _function(context: Context, resource: Resource) -> Iterator[Use]:
    """Datadog's forwarder runs for each object of access logs; the CDK's function only while a stack is deployed."""
    variables = (resource.properties.get("Environment") or {}).get("Variables") or {}
    if not any(str(name).startswith("DD_API_KEY") for name in variables):
        return
    calls = context.assumptions.access_log_objects
    gb = int(resource.properties.get("MemorySize", 128)) / _MIB_OF_A_GB
    chip = "arm" if resource.properties.get("Architectures") == ["arm64"] else "x86"
    yield Use("requests", "lambda-request-million", calls / 1e6, is_fixed=False)
    seconds = calls * context.assumptions.forwarder_s
    yield Use("run time", f"lambda-gb-second-{chip}", seconds * gb, is_fixed=False)


def _flow_log(context: Context, _resource: Resource) -> Iterator[Use]:
    yield _gb("records", "vended-logs-gb", context.requests * context.assumptions.flow_log_bytes)


def _web_acl(context: Context, resource: Resource) -> Iterator[Use]:
    yield Use("web ACL", "waf-acl-month", 1)
    yield Use("rules", "waf-rule-month", len(resource.properties.get("Rules") or []))
    yield Use("requests", "waf-request-million", context.requests / 1e6, is_fixed=False)


def _bucket(context: Context, _resource: Resource) -> Iterator[Use]:
    yield Use("storage", "s3-gb-month", context.assumptions.bucket_gb, is_fixed=False)


def _each_month(what: str, price: str) -> Rule:
    def rule(_context: Context, _resource: Resource) -> Iterator[Use]:
        yield Use(what, price, 1)

    return rule


def _name(context: Context, resource: Resource) -> Iterator[Use]:
    tasks = sum(
        _capacity(context, service)[0]
        for service in context.templates.of_type("AWS::ECS::Service")
        if service.ref.stack == resource.ref.stack
    )
    yield Use("registered tasks", "cloud-map-instance-month", tasks)


def _gb(what: str, price: str, size: float) -> Use:
    return Use(what, price, size / _GB, is_fixed=False)


RULES: Final[Mapping[str, Rule]] = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": _scaling_policy,
    "AWS::CloudWatch::Alarm": _alarm,
    _METRIC_STREAM: _metric_stream,
    "AWS::EC2::EIP": _address,
    "AWS::EC2::FlowLog": _flow_log,
    "AWS::EC2::NatGateway": _nat_gateway,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::ECS::Cluster": _ecs_cluster,
    "AWS::ECS::Service": _ecs_service,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _load_balancer,
    "AWS::KMS::Key": _each_month("key", "kms-key-month"),
    _DELIVERY: _delivery_stream,
    "AWS::Lambda::Function": _function,
    "AWS::MSK::Cluster": _kafka,
    "AWS::MSK::ServerlessCluster": _kafka_serverless,
    "AWS::RDS::DBCluster": _database_cluster,
    "AWS::RDS::DBInstance": _database_instance,
    "AWS::Route53::HostedZone": _each_month("zone", "hosted-zone-month"),
    "AWS::S3::Bucket": _bucket,
    "AWS::SecretsManager::Secret": _each_month("secret", "secret-month"),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": _each_month("its hosted zone", "hosted-zone-month"),
    "AWS::ServiceDiscovery::Service": _name,
    "AWS::WAFv2::WebACL": _web_acl,
}

_OF_A_NETWORK: Final = "the network itself costs nothing; what crosses it is charged where it crosses"
_OF_ANOTHER: Final = "charged with the resource it belongs to"
_WRITTEN: Final = "charged by what is written, with the service or the flow log that writes"

FREE: Final[Mapping[str, str]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": _OF_ANOTHER,
    "AWS::CertificateManager::Certificate": "public certificates are free",
    "AWS::EC2::InternetGateway": _OF_A_NETWORK,
    "AWS::EC2::NetworkAcl": _OF_A_NETWORK,
    "AWS::EC2::NetworkAclEntry": _OF_A_NETWORK,
    "AWS::EC2::Route": _OF_A_NETWORK,
    "AWS::EC2::RouteTable": _OF_A_NETWORK,
    "AWS::EC2::SecurityGroup": _OF_A_NETWORK,
    "AWS::EC2::SecurityGroupEgress": _OF_A_NETWORK,
    "AWS::EC2::SecurityGroupIngress": _OF_A_NETWORK,
    "AWS::EC2::Subnet": _OF_A_NETWORK,
    "AWS::EC2::SubnetNetworkAclAssociation": _OF_A_NETWORK,
    "AWS::EC2::SubnetRouteTableAssociation": _OF_A_NETWORK,
    "AWS::EC2::VPC": _OF_A_NETWORK,
    "AWS::EC2::VPCGatewayAttachment": _OF_A_NETWORK,
    "AWS::ECS::ClusterCapacityProviderAssociations": _OF_ANOTHER,
    "AWS::ECS::TaskDefinition": _OF_ANOTHER,
    "AWS::ElasticLoadBalancingV2::Listener": _OF_ANOTHER,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _OF_ANOTHER,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _OF_ANOTHER,
    "AWS::Events::Rule": "events of AWS's own services are free",
    "AWS::IAM::ManagedPolicy": "IAM is free",
    "AWS::IAM::Policy": "IAM is free",
    "AWS::IAM::Role": "IAM is free",
    "AWS::KMS::Alias": _OF_ANOTHER,
    "AWS::Lambda::Permission": _OF_ANOTHER,
    "AWS::Logs::LogGroup": _WRITTEN,
    "AWS::Logs::LogStream": _WRITTEN,
    "AWS::Logs::Delivery": _OF_ANOTHER,
    "AWS::Logs::DeliveryDestination": _OF_ANOTHER,
    "AWS::Logs::DeliverySource": _OF_ANOTHER,
    "AWS::Logs::ResourcePolicy": _OF_ANOTHER,
    "AWS::Logs::SubscriptionFilter": _OF_ANOTHER,
    "AWS::MSK::ClusterPolicy": _OF_ANOTHER,
    "AWS::MSK::Configuration": _OF_ANOTHER,
    "AWS::RDS::DBClusterParameterGroup": _OF_ANOTHER,
    "AWS::RDS::DBParameterGroup": _OF_ANOTHER,
    "AWS::RDS::DBSubnetGroup": _OF_ANOTHER,
    "AWS::Route53::RecordSet": "queries for aliases of a load balancer are free",
    "AWS::S3::BucketPolicy": _OF_ANOTHER,
    "AWS::SecretsManager::SecretTargetAttachment": _OF_ANOTHER,
    "AWS::WAFv2::LoggingConfiguration": _OF_ANOTHER,
    "AWS::WAFv2::WebACLAssociation": _OF_ANOTHER,
    "Custom::VpcRestrictDefaultSG": "runs only while a stack is deployed",
}
