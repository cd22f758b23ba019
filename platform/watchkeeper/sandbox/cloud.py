"""The deployed environment as the conductor sees it: through the APIs of the emulated AWS, never from project files."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from watchkeeper.autoscaling.alarms import LOW_PERIODS, SPARE_PERIODS, Alarm, AlarmState, alarm_pair
from watchkeeper.autoscaling.codec import decode_scaling
from watchkeeper.autoscaling.metric_math import UnknownFunctionError, evaluate, parse_math
from watchkeeper.autoscaling.metrics import Names, as_queried
from watchkeeper.autoscaling.model import (
    CloudWatchMetric,
    MetricMath,
    ScalingConfig,
    TargetTrackingPolicy,
)
from watchkeeper.errors import RemoteError
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.deploy import client
from watchkeeper.sandbox.deployed import DeployedDatabase, DeployedService

_PLAYED_S: Final = 60
_PERIODS: Final = LOW_PERIODS + SPARE_PERIODS


class Cloud:
    """Reads what is deployed, and carries out what the control loop decides. account, region: of the environment."""

    def __init__(self, emulator: AwsEmulator, region: str) -> None:
        self.emulator = emulator
        make = self.client = partial(client, emulator=emulator, region=region)
        self._ecs, self._elb, self._rds = make("ecs"), make("elbv2"), make("rds")
        self._scaling, self._cloudwatch = make("application-autoscaling"), make("cloudwatch")
        self._tagging, self._secrets = make("resourcegroupstaggingapi"), make("secretsmanager")
        self._ec2 = make("ec2")
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
        """Fill the secrets that the template leaves to whoever owns the Datadog account, each in its own shape."""
        found = False
        for secret in self._secrets.list_secrets()["SecretList"]:
            about = f"{secret['Name']} {secret.get('Description', '')}".lower()
            if "datadog" in about:
                text = key if "plain text" in about else f'{{"api_key": "{key}"}}'
                self._secrets.put_secret_value(SecretId=secret["ARN"], SecretString=text)
                found = True
        if not found:
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
        zones = {each["SubnetId"]: each["AvailabilityZone"] for each in self._ec2.describe_subnets()["Subnets"]}
        patience = {
            each["TargetGroupArn"]: each["HealthCheckIntervalSeconds"] * each["UnhealthyThresholdCount"]
            for each in self._elb.describe_target_groups()["TargetGroups"]
        }
        found = []
        for cluster in self._ecs.list_clusters()["clusterArns"]:
            arns = sorted(self._ecs.list_services(cluster=cluster)["serviceArns"])
            for each in self._ecs.describe_services(cluster=cluster, services=arns, include=["TAGS"])["services"]:
                group = each["loadBalancers"][0]["targetGroupArn"]
                name = cluster.rpartition("/")[2]
                names = Names(
                    cluster=name,
                    service=each["serviceName"],
                    load_balancer=groups[group],
                    target_group=group.rpartition(":")[2],
                )
                found.append(
                    DeployedService(
                        names=names,
                        desired=each["desiredCount"],
                        scaling=self._scaling_of(names, is_suspended=is_suspended),
                        tags={tag["key"]: tag["value"] for tag in each.get("tags", [])},
                        zones=tuple(
                            sorted(
                                {
                                    zones[subnet]
                                    for subnet in each["networkConfiguration"]["awsvpcConfiguration"]["subnets"]
                                }
                            )
                        ),
                        unhealthy_after_s=patience[group],
                        task_definition=each["taskDefinition"],
                        alarms=tuple(each["deploymentConfiguration"].get("alarms", {}).get("alarmNames", ())),
                    )
                )
        return found

    def _scaling_of(self, names: Names, *, is_suspended: bool) -> ScalingConfig:
        resource = names.resource_id
        if is_suspended:
            words = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
            self._scaling.register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=resource,
                ScalableDimension="ecs:service:DesiredCount",
                SuspendedState=dict.fromkeys(words, True),
            )
        asked = {"ServiceNamespace": "ecs", "ResourceId": resource}
        targets = self._scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[resource])
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate()
        config = decode_scaling(
            targets["ScalableTargets"][0],
            self._scaling.describe_scaling_policies(**asked)["ScalingPolicies"],
            self._scaling.describe_scheduled_actions(**asked)["ScheduledActions"],
            [alarm for page in pages for alarm in page["MetricAlarms"]],
        )
        for policy in config.policies:
            for alarm in alarm_pair(policy, resource):
                self._put_alarm(alarm, policy, names)
        return config

    def _put_alarm(self, alarm: Alarm, policy: TargetTrackingPolicy, names: Names) -> None:
        """One of the pair that Application Auto Scaling makes of every policy."""
        metric = as_queried(policy.metric, names)
        self._cloudwatch.put_metric_alarm(
            AlarmName=alarm.name,
            EvaluationPeriods=alarm.periods,
            ComparisonOperator=alarm.comparison,
            Threshold=alarm.threshold,
            **_watched(metric, alarm.period_s),
        )

    def database(self) -> DeployedDatabase:
        """The Aurora cluster as it is now."""
        cluster = self._rds.describe_db_clusters()["DBClusters"][0]
        members = sorted(
            cluster["DBClusterMembers"], key=lambda each: (not each["IsClusterWriter"], each["DBInstanceIdentifier"])
        )
        names = tuple(each["DBInstanceIdentifier"] for each in members)
        told = self._rds.describe_db_instances()["DBInstances"]
        zones = {each["DBInstanceIdentifier"]: each["AvailabilityZone"] for each in told}
        return DeployedDatabase(cluster["DBClusterIdentifier"], names, {name: zones[name] for name in names})

    def fail_over(self, cluster: str, to: str) -> None:
        """Promote a reader by RDS's own API."""
        self._rds.failover_db_cluster(DBClusterIdentifier=cluster, TargetDBInstanceIdentifier=to)

    def datapoints(self, services: Sequence[DeployedService], at: int) -> dict[str, dict[str, list[float | None]]]:
        """What CloudWatch has of every policy's metric before `at`: by service, by policy, one for each of its periods.

        The workload is played in whole minutes: a policy that reads every 20 s sees each minute three times. The
        emulated CloudWatch knows no metric math: it is evaluated here, from the metrics below it.
        """
        wanted: list[tuple[str, str, str, CloudWatchMetric]] = []
        for service in services:
            for policy_id, _, metric in _tracked(service):
                parts = metric.metrics if isinstance(metric, MetricMath) else {"": metric}
                wanted += [(service.name, policy_id, part, each) for part, each in parts.items()]
        seen = self._series([metric for *_, metric in wanted], at)
        series: dict[tuple[str, str], dict[str, list[float | None]]] = {}
        for (name, policy_id, part, _), values in zip(wanted, seen, strict=True):
            series.setdefault((name, policy_id), {})[part] = values
        found: dict[str, dict[str, list[float | None]]] = {service.name: {} for service in services}
        for service in services:
            for policy_id, period_s, metric in _tracked(service):
                values = _evaluated(metric, series[service.name, policy_id])
                times = max(1, _PLAYED_S // period_s)
                found[service.name][policy_id] = [value for value in values for _ in range(times)]
        return found

    def _series(self, metrics: Sequence[CloudWatchMetric], at: int) -> list[list[float | None]]:
        """The newest complete periods of each metric before `at`, of a minute at least, oldest first."""
        if not metrics:
            return []
        periods = [max(_PLAYED_S, each.period_s) for each in metrics]
        answer = self._cloudwatch.get_metric_data(
            MetricDataQueries=[
                {"Id": f"q{number}", "MetricStat": {"Metric": _metric(each), "Period": period, "Stat": each.statistic}}
                for number, (each, period) in enumerate(zip(metrics, periods, strict=True))
            ],
            StartTime=datetime.fromtimestamp(at - _PERIODS * max(periods), UTC),
            EndTime=datetime.fromtimestamp(at, UTC),
        )
        by_id = {
            result["Id"]: {
                int(stamp.timestamp()): value
                for stamp, value in zip(result["Timestamps"], result["Values"], strict=True)
            }
            for result in answer["MetricDataResults"]
        }
        found = []
        for number, period in enumerate(periods):
            end = at - at % period
            found.append([by_id[f"q{number}"].get(each) for each in range(end - _PERIODS * period, end, period)])
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

    def tell(self, activities: Sequence[Mapping[str, Any]]) -> None:
        """Let Application Auto Scaling tell what the control loop did, and what it did not do."""
        if activities:
            self.emulator.record_activities([_epoch(each) for each in activities])


def _epoch(activity: Mapping[str, Any]) -> dict[str, Any]:
    """An activity as the API writes it: times in Unix seconds."""
    stamps = {name: datetime.fromisoformat(activity[name]).timestamp() for name in ("StartTime", "EndTime")}
    return {**activity, **stamps}


def _metric(metric: CloudWatchMetric) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions.items()]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}


def _watched(metric: CloudWatchMetric | MetricMath, period_s: int) -> dict[str, Any]:
    """What an alarm looks at, as PutMetricAlarm takes it."""
    if isinstance(metric, CloudWatchMetric):
        return {**_metric(metric), "Statistic": metric.statistic, "Period": period_s}
    parts = [
        {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Metric": _metric(each), "Period": period_s, "Stat": each.statistic},
        }
        for name, each in metric.metrics.items()
    ]
    return {"Metrics": [*parts, {"Id": "tracked", "Expression": metric.expression, "ReturnData": True}]}


def _tracked(service: DeployedService) -> Iterator[tuple[str, int, CloudWatchMetric | MetricMath]]:
    """The id, the period in seconds and the metric of every policy that has an alarm."""
    for policy in service.scaling.policies:
        yield policy.id, policy.period_s, as_queried(policy.metric, service.names)
    for step_policy in service.scaling.step_policies:
        yield step_policy.id, step_policy.period_s, as_queried(step_policy.metric, service.names)


def _evaluated(metric: CloudWatchMetric | MetricMath, series: Mapping[str, list[float | None]]) -> list[float | None]:
    """A function that is not known here gives no datapoints."""
    if isinstance(metric, CloudWatchMetric):
        return series[""]
    try:
        return evaluate(parse_math(metric.expression), series)
    except UnknownFunctionError:
        return [None] * max(len(values) for values in series.values())
