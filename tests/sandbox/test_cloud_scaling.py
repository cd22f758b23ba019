"""The conductor's view of deployed scaling: the datapoints of every kind of policy, read back from CloudWatch."""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import pytest

from watchkeeper.autoscaling.metrics import Names
from watchkeeper.autoscaling.model import (
    CloudWatchMetric,
    MetricMath,
    ScalingConfig,
    Step,
    StepPolicy,
    TargetTrackingPolicy,
)
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.clients import client
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.deployed import DeployedService

pytestmark = pytest.mark.emulator
REGION, NOW = "eu-west-1", 1_764_000_000
WAIT = CloudWatchMetric(namespace="App", name="Wait", dimensions=MappingProxyType({"Service": "$service"}))
TASKS = replace(WAIT, name="Tasks")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    emulator = AwsEmulator(tmp_path_factory.mktemp("aws"), account="000000000000", region=REGION, hosts={})
    emulator.start()
    emulator.publish(NOW, {})
    cloudwatch = client("cloudwatch", emulator, REGION)
    for minute in range(20):
        for name, value in (("Wait", 10.0 + minute), ("Tasks", 2.0)):
            stamped = {
                "MetricName": name,
                "Dimensions": [{"Name": "Service", "Value": "api"}],
                "Timestamp": NOW - 60 * (20 - minute),
                "Value": value,
            }
            cloudwatch.put_metric_data(Namespace="App", MetricData=[stamped])
    yield Cloud(emulator, REGION)
    emulator.stop()


def seen(cloud: Cloud, scaling: ScalingConfig) -> dict[str, list[float | None]]:
    service = DeployedService(names=Names(cluster="prod", service="api"), desired=2, scaling=scaling, tags={})
    return cloud.datapoints([service], NOW)["api"]


def tracking(metric: CloudWatchMetric | MetricMath) -> ScalingConfig:
    return ScalingConfig(service="api", min=1, max=9, policies=(TargetTrackingPolicy(id="p", metric=metric, target=5),))


def test_a_metric_of_ones_own_is_read_minute_by_minute(cloud: Cloud) -> None:
    """Seventeen of them: fifteen for the alarm, two to spare."""
    assert seen(cloud, tracking(WAIT))["p"] == [13.0 + each for each in range(17)]


def test_metric_math_is_evaluated_from_the_metrics_below_it(cloud: Cloud) -> None:
    """The emulated CloudWatch does not know it."""
    math = MetricMath(expression="wait / tasks", metrics=MappingProxyType({"wait": WAIT, "tasks": TASKS}))

    assert seen(cloud, tracking(math))["p"][-2:] == [14.0, 14.5]


def test_a_step_policy_sees_the_periods_of_its_alarm(cloud: Cloud) -> None:
    """The average of five minutes each."""
    step = StepPolicy(
        id="s",
        metric=replace(WAIT, period_s=300),
        comparison="GreaterThanThreshold",
        threshold=5,
        steps=(Step(change=1, lower=0),),
    )
    scaling = ScalingConfig(service="api", min=1, max=9, policies=(), step_policies=(step,))

    assert seen(cloud, scaling)["s"][-2:] == [22.0, 27.0]
    assert seen(cloud, replace(scaling, step_policies=())) == {}


def test_a_20_second_policy_sees_what_was_published_every_20_seconds(cloud: Cloud) -> None:
    """Fifty-one periods, so that the forty-five of a scale-in fit; a period without a datapoint is a hole."""
    step = StepPolicy(
        id="s",
        metric=replace(WAIT, name="Quick", period_s=20),
        comparison="GreaterThanThreshold",
        threshold=5,
        steps=(Step(change=1, lower=0),),
    )
    scaling = ScalingConfig(service="api", min=1, max=9, policies=(), step_policies=(step,))
    client("cloudwatch", cloud.emulator, REGION).put_metric_data(
        Namespace="App",
        MetricData=[
            {
                "MetricName": "Quick",
                "Dimensions": [{"Name": "Service", "Value": "api"}],
                "Timestamp": NOW - age,
                "Value": float(age),
                "StorageResolution": 1,
            }
            for age in (80, 40, 20)
        ],
    )

    assert seen(cloud, scaling)["s"] == [None] * 47 + [80.0, None, 40.0, 20.0]
