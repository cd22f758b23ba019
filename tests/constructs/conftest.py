"""A stack that scales a service, synthesized to plain JSON."""

import json
import os
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.conftest import ROOT
from watchkeeper.autoscaling.model import (
    CloudWatchMetric,
    MetricMath,
    PredictivePolicy,
    ScalingConfig,
    ScheduledAction,
    Step,
    StepPolicy,
    SuspendedState,
    TargetTrackingPolicy,
)
from watchkeeper.autoscaling.schedule import parse_schedule

_MESSAGES = CloudWatchMetric(
    namespace="AWS/SQS",
    name="ApproximateNumberOfMessagesVisible",
    dimensions=MappingProxyType({"QueueName": "1234"}),
    statistic="Sum",
)
_WAIT = CloudWatchMetric(namespace="App", name="Wait", dimensions=MappingProxyType({"Service": "api"}), unit="Seconds")

EVERYTHING = ScalingConfig(
    service="api",
    min=2,
    max=12,
    high_resolution="on",
    suspended=SuspendedState(scale_in=True),
    policies=(
        TargetTrackingPolicy(
            id="cpu", metric="ECSServiceAverageCPUUtilizationHighResolution", target=55.5, scale_out_cooldown_s=60
        ),
        TargetTrackingPolicy(
            id="requests", metric="ALBRequestCountPerTarget", target=1500, scale_in_cooldown_s=0, disable_scale_in=True
        ),
        TargetTrackingPolicy(id="wait", metric=_WAIT, target=2),
        TargetTrackingPolicy(
            id="backlog",
            metric=MetricMath(expression="m / 2", metrics=MappingProxyType({"m": _MESSAGES}), label="backlog"),
            target=10,
        ),
    ),
    step_policies=(
        StepPolicy(
            id="surge",
            metric=_WAIT,
            comparison="GreaterThanOrEqualToThreshold",
            threshold=5,
            periods=3,
            datapoints=2,
            missing="notBreaching",
            adjustment="PercentChangeInCapacity",
            min_adjustment=2,
            cooldown_s=120,
            alarm_name="prod-api-surge",
            steps=(Step(change=50, lower=0, upper=2.5), Step(change=100, lower=2.5)),
        ),
    ),
    predictive=PredictivePolicy(
        id="forecast",
        metric="ALBRequestCount",
        target=1200,
        mode="ForecastAndScale",
        buffer_s=600,
        max_breach="IncreaseMaxCapacity",
        max_buffer_percent=10,
    ),
    schedules=(
        ScheduledAction(
            id="morning",
            schedule=parse_schedule("cron(0 8 ? * MON-FRI *)"),
            timezone="Europe/Berlin",
            min=4,
            max=20,
            starts_at=1798761600,
        ),
        ScheduledAction(id="night", schedule=parse_schedule("cron(0 20 ? * MON-FRI *)"), min=2),
    ),
)
"""One of everything; what is read back by the API must be equal to it."""


def synthesized(folder: Path, config: ScalingConfig, **given: Any) -> dict[str, Any]:
    """The template of a stack with one service and its scaling. given: further arguments of the construct."""
    os.environ.setdefault("JSII_NODE", str(ROOT / ".venv" / "bin" / "node"))
    from aws_cdk import App, Stack
    from aws_cdk import aws_ecs as ecs

    import base_infra  # noqa: F401 - starts the CDK with its caches inside the checkout
    from watchkeeper.constructs.scaling import ServiceScaling

    app = App(outdir=str(folder / "cdk.out"), builtin_cloud_formation_validation=False)
    stack = Stack(app, "S")
    service = ecs.CfnService(
        stack,
        "Service",
        cluster="prod",
        service_name="api",
        task_definition="api:1",
        desired_count=given.pop("desired_count", None),
    )
    names = {
        "cluster_name": "prod",
        "service_name": "api",
        "load_balancer": "app/lb/1",
        "target_group": "targetgroup/api/2",
        "service": service,
    }
    ServiceScaling(stack, "Scaling", config=config, **{**names, **given})
    template: dict[str, Any] = json.loads(json.dumps(app.synth().get_stack_by_name("S").template))
    return template
