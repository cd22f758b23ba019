"""Deployments through the emulated AWS: a new task definition, and the CloudWatch alarms that end a deployment."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from watchkeeper.autoscaling.alarms import Alarm, AlarmState
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.datapoints import at_times, evaluated, read_datapoints
from watchkeeper.sandbox.deployed import DeployedService

_REGISTERED: Final = (
    "family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes", "cpu", "memory",
    "placementConstraints", "requiresCompatibilities", "runtimePlatform",
)  # fmt: skip
"""What RegisterTaskDefinition takes of what DescribeTaskDefinition tells."""
_MINUTE_S: Final = 60


class Deployments:
    """Registers and swaps task definitions, and reads what the topology declared as the deployment's alarms."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._ecs, self._cloudwatch = cloud.client("ecs"), cloud.client("cloudwatch")
        self._declared: dict[str, list[Mapping[str, Any]]] = {}

    def register_revision(self, service: DeployedService) -> str:
        """A new revision of what runs; gives its ARN."""
        before = self._ecs.describe_task_definition(taskDefinition=service.task_definition)["taskDefinition"]
        told = {name: before[name] for name in _REGISTERED if before.get(name)}
        return str(self._ecs.register_task_definition(**told)["taskDefinition"]["taskDefinitionArn"])

    def put_revision(self, service: DeployedService, arn: str) -> None:
        """Let the service run a revision."""
        self._ecs.update_service(cluster=service.cluster, service=service.name, taskDefinition=arn)

    def bake_minutes(self, service: DeployedService) -> int:
        """How long alarms are heeded after the last old task has gone: the longest of their evaluations."""
        spans = [each["EvaluationPeriods"] * _period_s(each) for each in self._alarms(service)]
        return -(-max(spans, default=0) // _MINUTE_S)

    def firing(self, service: DeployedService, at: int) -> list[str]:
        """Evaluate the alarms at an instant, set their states, and give the names of those in ALARM."""
        states: dict[str, AlarmState] = {}
        for each in self._alarms(service):
            alarm = _alarm(each)
            states[alarm.name] = alarm.state(self._datapoints(each, alarm, at))
        self._cloud.show_alarms(states)
        return [name for name, state in states.items() if state == "ALARM"]

    def _alarms(self, service: DeployedService) -> Sequence[Mapping[str, Any]]:
        if service.name not in self._declared:
            names = list(service.alarms)
            told = self._cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"] if names else []
            self._declared[service.name] = told
        return self._declared[service.name]

    def _datapoints(self, told: Mapping[str, Any], alarm: Alarm, at: int) -> list[float | None]:
        """Of the alarm's periods before `at`, oldest first."""
        queries = _queries(told)
        stats = {each["Id"]: each["MetricStat"] for each in queries if "MetricStat" in each}
        end = at - at % alarm.period_s
        begin = end - alarm.periods * alarm.period_s
        times = range(begin, end, alarm.period_s)
        found = read_datapoints(self._cloudwatch, stats, begin, at)
        series = {name: at_times(stamped, times) for name, stamped in found.items()}
        watched = next(each for each in queries if each.get("ReturnData", True))
        return evaluated(watched["Expression"], series) if "Expression" in watched else series[watched["Id"]]


def _queries(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """An alarm on one metric as if it had been written with `Metrics`."""
    if told.get("Metrics"):
        return list(told["Metrics"])
    metric = {name: told[name] for name in ("Namespace", "MetricName")} | {"Dimensions": told.get("Dimensions", [])}
    stat = told.get("Statistic") or told.get("ExtendedStatistic")
    return [{"Id": "watched", "MetricStat": {"Metric": metric, "Period": told["Period"], "Stat": stat}}]


def _period_s(told: Mapping[str, Any]) -> int:
    return max(int(each["MetricStat"]["Period"]) for each in _queries(told) if "MetricStat" in each)


def _alarm(told: Mapping[str, Any]) -> Alarm:
    return Alarm(
        told["AlarmName"],
        told["ComparisonOperator"],
        float(told["Threshold"]),
        int(told["EvaluationPeriods"]),
        _period_s(told),
        int(told.get("DatapointsToAlarm") or 0),
        told.get("TreatMissingData", "missing"),
    )
