"""The deployed environment as the conductor sees it: through the APIs of the emulated AWS, never from project files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from watchkeeper.autoscaling.model import ScalingConfig, TargetTrackingPolicy
from watchkeeper.autoscaling.target_tracking import LOW_PERIODS, PERIOD_S, Alarm, AlarmState, alarm_pair
from watchkeeper.errors import RemoteError
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.deploy import client

_STATISTICS: Final = {
    "ECSServiceAverageCPUUtilization": ("AWS/ECS", "CPUUtilization", "Average"),
    "ECSServiceAverageMemoryUtilization": ("AWS/ECS", "MemoryUtilization", "Average"),
    "ALBRequestCountPerTarget": ("AWS/ApplicationELB", "RequestCountPerTarget", "Sum"),
}


@dataclass(frozen=True, slots=True)
class DeployedService:
    """One service. load_balancer, target_group: as CloudWatch names them. tags: of the ECS service."""

    name: str
    cluster: str
    load_balancer: str
    target_group: str
    desired: int
    scaling: ScalingConfig
    tags: Mapping[str, str]

    @property
    def resource_id(self) -> str:
        """As Application Auto Scaling names it."""
        return f"service/{self.cluster}/{self.name}"

    def dimensions(self, metric: str) -> dict[str, str]:
        """The dimensions of a predefined metric."""
        if metric == "ALBRequestCountPerTarget":
            return {"LoadBalancer": self.load_balancer, "TargetGroup": self.target_group}
        return {"ClusterName": self.cluster, "ServiceName": self.name}


@dataclass(frozen=True, slots=True)
class DeployedDatabase:
    """The instances of the cluster; the writer first."""

    cluster: str
    instances: tuple[str, ...]


class Cloud:
    """Reads what is deployed, and carries out what the control loop decides. account, region: of the environment."""

    def __init__(self, emulator: AwsEmulator, region: str) -> None:
        self.emulator = emulator
        make = partial(client, emulator=emulator, region=region)
        self._ecs, self._elb, self._rds = make("ecs"), make("elbv2"), make("rds")
        self._scaling, self._cloudwatch, self._firehose = (
            make(name) for name in ("application-autoscaling", "cloudwatch", "firehose")
        )
        self._tagging, self._secrets = make("resourcegroupstaggingapi"), make("secretsmanager")
        self._states: dict[str, AlarmState] = {}
        self._points: dict[tuple[str, str], dict[int, float]] = {}
        self._read_until = 0

    def resources(self) -> list[tuple[str, Mapping[str, str]]]:
        """Every tagged resource with its tags, as GetResources tells them."""
        pages = self._tagging.get_paginator("get_resources").paginate()
        return [
            (each["ResourceARN"], {tag["Key"]: tag["Value"] for tag in each["Tags"]})
            for page in pages
            for each in page["ResourceTagMappingList"]
        ]

    def put_api_key(self, key: str) -> None:
        """Fill the secret that the template leaves to whoever owns the Datadog account."""
        for secret in self._secrets.list_secrets()["SecretList"]:
            if "datadog" in secret["Name"].lower() or "datadog" in str(secret.get("Description", "")).lower():
                self._secrets.put_secret_value(SecretId=secret["ARN"], SecretString=f'{{"api_key": "{key}"}}')
                return
        raise RemoteError("there is no secret for the Datadog API key", host=self.emulator.url)

    def services(self, *, is_suspended: bool = False) -> list[DeployedService]:
        """Every deployed service with its scaling as it was deployed. is_suspended: suspend dynamic scaling."""
        balancers = {
            each["LoadBalancerArn"]: each["LoadBalancerArn"].partition(":loadbalancer/")[2]
            for each in self._elb.describe_load_balancers()["LoadBalancers"]
        }
        groups = {
            action["TargetGroupArn"]: name
            for balancer, name in balancers.items()
            for listener in self._elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
            for rule in self._elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
            for action in rule["Actions"]
            if "TargetGroupArn" in action
        }
        found = []
        for cluster in self._ecs.list_clusters()["clusterArns"]:
            arns = sorted(self._ecs.list_services(cluster=cluster)["serviceArns"])
            for each in self._ecs.describe_services(cluster=cluster, services=arns, include=["TAGS"])["services"]:
                group = each["loadBalancers"][0]["targetGroupArn"]
                name = cluster.rpartition("/")[2]
                found.append(
                    DeployedService(
                        name=each["serviceName"],
                        cluster=name,
                        load_balancer=groups[group],
                        target_group=group.rpartition(":")[2],
                        desired=each["desiredCount"],
                        scaling=self._scaling_of(f"service/{name}/{each['serviceName']}", is_suspended=is_suspended),
                        tags={tag["key"]: tag["value"] for tag in each.get("tags", [])},
                    )
                )
        return found

    def _scaling_of(self, resource: str, *, is_suspended: bool) -> ScalingConfig:
        asked = {"ServiceNamespace": "ecs", "ResourceIds": [resource]}
        target = self._scaling.describe_scalable_targets(**asked)["ScalableTargets"][0]
        if is_suspended:
            names = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
            self._scaling.register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=resource,
                ScalableDimension="ecs:service:DesiredCount",
                SuspendedState=dict.fromkeys(names, True),
            )
        policies = self._scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=resource)
        service = resource.rpartition("/")[2]
        config = ScalingConfig(
            service=service,
            min=target["MinCapacity"],
            max=target["MaxCapacity"],
            policies=tuple(_policy(each, service) for each in policies["ScalingPolicies"]),
        )
        self._make_alarms(resource, config)
        return config

    def is_suspended(self, resource: str) -> bool:
        """Whether dynamic scaling of a target is suspended."""
        found = self._scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[resource])
        state = found["ScalableTargets"][0]["SuspendedState"]
        return bool(state["DynamicScalingOutSuspended"] and state["DynamicScalingInSuspended"])

    def _make_alarms(self, resource: str, config: ScalingConfig) -> None:
        """The pair that Application Auto Scaling makes of every policy."""
        for policy in config.policies:
            for alarm in alarm_pair(policy, resource):
                self._put_alarm(alarm, policy)

    def _put_alarm(self, alarm: Alarm, policy: TargetTrackingPolicy) -> None:
        namespace, metric, statistic = _STATISTICS[policy.metric]
        self._cloudwatch.put_metric_alarm(
            AlarmName=alarm.name,
            Namespace=namespace,
            MetricName=metric,
            Statistic=statistic,
            Period=PERIOD_S,
            EvaluationPeriods=alarm.periods,
            ComparisonOperator=alarm.comparison,
            Threshold=alarm.threshold,
        )

    def database(self) -> DeployedDatabase:
        """The Aurora cluster."""
        cluster = self._rds.describe_db_clusters()["DBClusters"][0]
        members = sorted(
            cluster["DBClusterMembers"], key=lambda each: (not each["IsClusterWriter"], each["DBInstanceIdentifier"])
        )
        return DeployedDatabase(cluster["DBClusterIdentifier"], tuple(each["DBInstanceIdentifier"] for each in members))

    def delivery_streams(self) -> list[str]:
        """Names of the Firehose delivery streams."""
        names: list[str] = self._firehose.list_delivery_streams()["DeliveryStreamNames"]
        return names

    def datapoints(self, services: Sequence[DeployedService], at: int) -> dict[str, dict[str, list[float | None]]]:
        """What CloudWatch has of every policy's metric in the minutes before `at`: by service, by policy.

        Minutes that were read before are not asked for again.
        """
        queries = []
        places: dict[str, tuple[str, str]] = {}
        for number, (service, policy) in enumerate(
            (each, policy) for each in services for policy in each.scaling.policies
        ):
            namespace, metric, statistic = _STATISTICS[policy.metric]
            name = f"q{number}"
            places[name] = (service.name, policy.id)
            dimensions = [{"Name": key, "Value": value} for key, value in service.dimensions(policy.metric).items()]
            about = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
            queries.append({"Id": name, "MetricStat": {"Metric": about, "Period": PERIOD_S, "Stat": statistic}})
        oldest = at - LOW_PERIODS * PERIOD_S
        start = max(oldest, self._read_until)
        answer = self._cloudwatch.get_metric_data(
            MetricDataQueries=queries,
            StartTime=datetime.fromtimestamp(start, UTC),
            EndTime=datetime.fromtimestamp(at, UTC),
        )
        self._read_until = at
        found: dict[str, dict[str, list[float | None]]] = {service.name: {} for service in services}
        for result in answer["MetricDataResults"]:
            place = places[result["Id"]]
            known = self._points.setdefault(place, {})
            for stamp, value in zip(result["Timestamps"], result["Values"], strict=True):
                known[int(stamp.timestamp())] = value
            for minute in [minute for minute in known if minute < oldest]:
                del known[minute]
            found[place[0]][place[1]] = [known.get(minute) for minute in range(oldest, at, PERIOD_S)]
        return found

    def show_alarms(self, states: Mapping[str, AlarmState]) -> None:
        """Set the state of every alarm that has changed."""
        for name, state in states.items():
            if self._states.get(name) != state:
                self._cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="evaluated")
                self._states[name] = state

    def set_count(self, service: DeployedService, desired: int) -> None:
        """Set the count in ECS."""
        self._ecs.update_service(cluster=service.cluster, service=service.name, desiredCount=desired)

    def scale(self, service: DeployedService, desired: int, activity: Mapping[str, Any]) -> None:
        """Set the count in ECS, and let Application Auto Scaling tell why."""
        self.set_count(service, desired)
        self.emulator.record_activities([_epoch(activity)])


def _epoch(activity: Mapping[str, Any]) -> dict[str, Any]:
    """An activity as the API writes it: times in Unix seconds."""
    stamps = {name: datetime.fromisoformat(activity[name]).timestamp() for name in ("StartTime", "EndTime")}
    return (
        {**activity, **stamps, "NotScaledReasons": activity["NotScaledReasons"]}
        if "NotScaledReasons" in activity
        else {**activity, **stamps}
    )


def _policy(body: Mapping[str, Any], service: str) -> TargetTrackingPolicy:
    settings = body["TargetTrackingScalingPolicyConfiguration"]
    return TargetTrackingPolicy(
        id=body["PolicyName"].removeprefix(f"{service}-"),
        metric=settings["PredefinedMetricSpecification"]["PredefinedMetricType"],
        target=float(settings["TargetValue"]),
        scale_out_cooldown_s=int(settings["ScaleOutCooldown"]),
        scale_in_cooldown_s=int(settings["ScaleInCooldown"]),
        disable_scale_in=bool(settings.get("DisableScaleIn", False)),
    )
