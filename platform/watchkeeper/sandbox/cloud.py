"""The deployed environment as the conductor sees it: through the APIs of the emulated AWS, never from project files."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from watchkeeper.autoscaling.alarms import LOW_PERIODS, SPARE_PERIODS, Alarm, AlarmState, alarm_pair
from watchkeeper.autoscaling.codec import decode_scaling
from watchkeeper.autoscaling.metrics import Names, as_queried
from watchkeeper.autoscaling.model import (
    CloudWatchMetric,
    MetricMath,
    ScalingConfig,
    TargetTrackingPolicy,
)
from watchkeeper.errors import RemoteError
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.clients import client
from watchkeeper.sandbox.datapoints import as_asked, at_times, evaluated, read_datapoints
from watchkeeper.sandbox.deployed import QUICK_S, DeployedDatabase, DeployedService

_MINUTE_S: Final = 60
_PERIODS: Final = LOW_PERIODS + SPARE_PERIODS


class Cloud:
    """Reads what is deployed, and carries out what the control loop decides. region: of the environment."""

    def __init__(self, emulator: AwsEmulator, region: str) -> None:
        self.emulator = emulator
        make = self.client = partial(client, emulator=emulator, region=region)
        self._ecs, self._elb, self._rds = make("ecs"), make("elbv2"), make("rds")
        self._scaling, self._cloudwatch = make("application-autoscaling"), make("cloudwatch")
        self._tagging, self._secrets = make("resourcegroupstaggingapi"), make("secretsmanager")
        self._ec2, self._iam = make("ec2"), make("iam")
        self._states: dict[str, AlarmState] = {}

    def resources(self) -> list[tuple[str, Mapping[str, str]]]:
        """Every tagged resource with its tags, as GetResources tells them."""
        pages = self._tagging.get_paginator("get_resources").paginate()
        return [
            (each["ResourceARN"], {tag["Key"]: tag["Value"] for tag in each["Tags"]})
            for page in pages
            for each in page["ResourceTagMappingList"]
        ]

    def lets_in(self, role: str, external_id: str) -> bool:
        """Whether a role stands that may be assumed with this external id."""
        try:
            found = self._iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        except self._iam.exceptions.NoSuchEntityException:
            return False
        wanted = {"StringEquals": {"sts:ExternalId": external_id}}
        return any(each.get("Condition") == wanted for each in found["Statement"])

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
            group: name
            for balancer, name in balancers.items()
            for listener in self._elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
            for rule in self._elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
            for action in rule["Actions"]
            for group in _target_groups(action)
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
                        quick_metrics=self._quick_metrics(each),
                    )
                )
        return found

    def _quick_metrics(self, service: Mapping[str, Any]) -> frozenset[str]:
        """What a service publishes every 20 s, which only its revision tells."""
        arns = [each["arn"] for each in service.get("currentServiceRevisions", ())]
        told = self._ecs.describe_service_revisions(serviceRevisionArns=arns)["serviceRevisions"] if arns else []
        settings = [each for one in told for each in one.get("monitoring", {}).get("metricConfigurations", ())]
        return frozenset(
            name for each in settings if int(each["resolutionSeconds"]) == QUICK_S for name in each["metricNames"]
        )

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

        The emulated CloudWatch knows no metric math: it is evaluated here, from the metrics below it.
        """
        wanted: list[tuple[str, str, str, CloudWatchMetric, int]] = []
        for service in services:
            for policy_id, period_s, metric in _tracked(service):
                parts = metric.metrics if isinstance(metric, MetricMath) else {"": metric}
                wanted += [(service.name, policy_id, part, each, period_s) for part, each in parts.items()]
        seen = self._series([(metric, period_s) for *_, metric, period_s in wanted], at)
        series: dict[tuple[str, str], dict[str, list[float | None]]] = {}
        for (name, policy_id, part, *_), points in zip(wanted, seen, strict=True):
            series.setdefault((name, policy_id), {})[part] = points
        found: dict[str, dict[str, list[float | None]]] = {service.name: {} for service in services}
        for service in services:
            for policy_id, _, metric in _tracked(service):
                values = series[service.name, policy_id]
                found[service.name][policy_id] = (
                    evaluated(metric.expression, values) if isinstance(metric, MetricMath) else values[""]
                )
        return found

    def _series(self, metrics: Sequence[tuple[CloudWatchMetric, int]], at: int) -> list[list[float | None]]:
        """The newest complete periods before `at` of each metric, oldest first. metrics: with the period in seconds."""
        if not metrics:
            return []
        spans = [(period, _PERIODS * max(1, _MINUTE_S // period)) for _, period in metrics]
        stats = {
            f"q{number}": {"Metric": as_asked(each), "Period": period, "Stat": each.statistic}
            for number, (each, period) in enumerate(metrics)
        }
        longest_s = max(period * (count + 1) for period, count in spans)
        by_id = read_datapoints(self._cloudwatch, stats, at - longest_s, at)
        found = []
        for number, (period, count) in enumerate(spans):
            end = at - at % period
            found.append(at_times(by_id[f"q{number}"], range(end - count * period, end, period)))
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


def _target_groups(action: Mapping[str, Any]) -> list[str]:
    """Where an action sends requests; one that weighs several groups tells them apart from a single one."""
    weighed = action.get("ForwardConfig", {}).get("TargetGroups", ())
    return [each["TargetGroupArn"] for each in (action, *weighed) if "TargetGroupArn" in each]


def _epoch(activity: Mapping[str, Any]) -> dict[str, Any]:
    """An activity as the API writes it: times in Unix seconds."""
    stamps = {name: datetime.fromisoformat(activity[name]).timestamp() for name in ("StartTime", "EndTime")}
    return {**activity, **stamps}


def _watched(metric: CloudWatchMetric | MetricMath, period_s: int) -> dict[str, Any]:
    """What an alarm looks at, as PutMetricAlarm takes it."""
    if isinstance(metric, CloudWatchMetric):
        return {**as_asked(metric), "Statistic": metric.statistic, "Period": period_s}
    parts = [
        {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Metric": as_asked(each), "Period": period_s, "Stat": each.statistic},
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
