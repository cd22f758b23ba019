"""Application Auto Scaling of the emulated AWS keeps and describes what our constructs emit."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.constructs.conftest import EVERYTHING, synthesized
from watchkeeper.autoscaling.codec import decode_scaling
from watchkeeper.autoscaling.model import ScalingConfig
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.clients import client

pytestmark = pytest.mark.emulator
REGION, ACCOUNT = "eu-west-1", "000000000000"
ABOUT = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/prod/api",
    "ScalableDimension": "ecs:service:DesiredCount",
}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    started = AwsEmulator(tmp_path_factory.mktemp("aws"), account=ACCOUNT, region=REGION, hosts={})
    started.start()
    yield started
    started.stop()


@pytest.fixture
def scaling(emulator: AwsEmulator) -> Iterator[Any]:
    yield client("application-autoscaling", emulator, REGION)
    emulator.reset()


def deployed(emulator: AwsEmulator, scaling: Any) -> ScalingConfig:
    asked = {"ServiceNamespace": "ecs", "ResourceId": "service/prod/api"}
    alarms = client("cloudwatch", emulator, REGION).describe_alarms()["MetricAlarms"]
    return decode_scaling(
        scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0],
        scaling.describe_scaling_policies(**asked)["ScalingPolicies"],
        scaling.describe_scheduled_actions(**asked)["ScheduledActions"],
        alarms,
    )


def test_a_scheduled_action_is_kept_changed_and_forgotten(scaling: Any) -> None:
    """Put, describe, put again, delete; what a second put does not name stays."""
    scaling.register_scalable_target(**ABOUT, MinCapacity=1, MaxCapacity=9)
    scaling.put_scheduled_action(
        **ABOUT,
        ScheduledActionName="morning",
        Schedule="cron(0 8 * * ? *)",
        Timezone="Europe/Berlin",
        StartTime=datetime(2027, 1, 1, tzinfo=UTC),
        ScalableTargetAction={"MinCapacity": 4},
    )
    scaling.put_scheduled_action(**ABOUT, ScheduledActionName="morning", ScalableTargetAction={"MinCapacity": 5})
    (found,) = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]

    assert found["Schedule"] == "cron(0 8 * * ? *)"
    assert found["Timezone"] == "Europe/Berlin"
    assert found["StartTime"] == datetime(2027, 1, 1, tzinfo=UTC)
    assert found["ScalableTargetAction"] == {"MinCapacity": 5}
    assert ":scheduledAction:" in found["ScheduledActionARN"]

    scaling.delete_scheduled_action(**ABOUT, ScheduledActionName="morning")
    assert scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []


def test_a_scheduled_action_needs_a_target_and_a_schedule(scaling: Any) -> None:
    """Refused as AWS refuses it."""
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        scaling.put_scheduled_action(**ABOUT, ScheduledActionName="a", Schedule="rate(1 minute)")
    scaling.register_scalable_target(**ABOUT, MinCapacity=1, MaxCapacity=9)
    with pytest.raises(ClientError, match="ValidationException"):
        scaling.put_scheduled_action(**ABOUT, ScheduledActionName="a")


def test_a_target_keeps_what_a_later_call_does_not_name(scaling: Any) -> None:
    """Suspending one process leaves the bounds and the other processes as they are."""
    scaling.register_scalable_target(**ABOUT, MinCapacity=1, MaxCapacity=9)
    scaling.register_scalable_target(**ABOUT, SuspendedState={"DynamicScalingInSuspended": True})
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]

    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 9)
    assert target["SuspendedState"] == {
        "DynamicScalingInSuspended": True,
        "DynamicScalingOutSuspended": False,
        "ScheduledScalingSuspended": False,
    }


def test_everything_that_the_constructs_emit_comes_back_as_it_was_declared(
    emulator: AwsEmulator, scaling: Any, tmp_path: Path
) -> None:
    """Deployed by CloudFormation, read back by the API: the same bounds, policies, steps, schedules, forecast."""
    template = synthesized(tmp_path, EVERYTHING)
    kinds = ("AWS::ApplicationAutoScaling::", "AWS::CloudWatch::Alarm")
    only = {name: each for name, each in template["Resources"].items() if each["Type"].startswith(kinds)}
    cloudformation = client("cloudformation", emulator, REGION)
    cloudformation.create_stack(StackName="scaling", TemplateBody=json.dumps({"Resources": only}))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="scaling", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )

    by_name = tuple(sorted(EVERYTHING.policies, key=lambda policy: policy.id))
    assert deployed(emulator, scaling) == replace(EVERYTHING, policies=by_name)


def test_a_scheduled_action_that_left_the_template_is_forgotten(emulator: AwsEmulator, scaling: Any) -> None:
    """And a policy that is renamed leaves nothing behind."""

    def template(actions: list[str], policy: str) -> str:
        target = {
            **ABOUT,
            "MinCapacity": 1,
            "MaxCapacity": 9,
            "ScheduledActions": [
                {
                    "ScheduledActionName": name,
                    "Schedule": "cron(0 8 * * ? *)",
                    "ScalableTargetAction": {"MinCapacity": 4},
                }
                for name in actions
            ],
        }
        steps = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"ScalingAdjustment": -1}]}
        about = {"PolicyName": policy, "PolicyType": "StepScaling", "ScalingTargetId": {"Ref": "T"}}
        resources = {
            "T": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": target},
            "P": {
                "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
                "Properties": {**about, "StepScalingPolicyConfiguration": steps},
            },
        }
        return json.dumps({"Resources": resources})

    cloudformation = client("cloudformation", emulator, REGION)
    wait = {"Delay": 1, "MaxAttempts": 20}
    cloudformation.create_stack(StackName="s", TemplateBody=template(["a", "b"], "one"))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig=wait)
    cloudformation.update_stack(StackName="s", TemplateBody=template(["b"], "two"))
    cloudformation.get_waiter("stack_update_complete").wait(StackName="s", WaiterConfig=wait)

    actions = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    assert [each["ScheduledActionName"] for each in actions] == ["b"]
    assert [each["PolicyName"] for each in policies] == ["two"]
