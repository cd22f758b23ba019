"""What a rehearsal breaks is told by the emulated AWS itself: ECS, RDS and CloudWatch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import ACCOUNTS, REGION, Emulated
from tests.sandboxes import running_sandbox
from watchkeeper.project.load import load_project
from watchkeeper.sandbox.actions import Action, Deploy, Failover, Planned
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.process import AwsAccount, Sandbox
from watchkeeper.sandbox.rehearsal import Rehearsal
from watchkeeper.sandbox.scenario import Scenario
from watchkeeper.sandbox.traffic import GeneratedDay
from watchkeeper.timeline import EventKind, TimelineEvent

pytestmark = pytest.mark.emulator
START = "2026-06-10T17:00:00Z"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    aws = AwsAccount(ACCOUNTS["local"], REGION, "awsmetrics-intake.datadoghq.eu")
    with running_sandbox(tmp_path, aws=aws, now=0) as running:
        yield running


def happens(at_m: int, action: Action) -> Planned:
    kind: EventKind = "deploy" if isinstance(action, Deploy) else "failover"
    return Planned(at_m, TimelineEvent(0, kind, "test", "it happens", service="api"), action)


def test_services_of_aws_tell_what_has_become_of_a_deployment_and_of_the_writer(
    sandbox: Sandbox, assemblies: Callable[[str], Path], root: Path
) -> None:
    """The old revision runs again, the new one is registered, the alarm has recovered, and the reader writes."""
    assert sandbox.aws is not None
    emulated = Emulated(sandbox.aws, assemblies)
    emulated.deploy()
    cloud = Cloud(sandbox.aws, REGION)
    cloud.put_api_key(sandbox.record.keys["datadog_api_key"])
    reader = cloud.database().instances[1]
    day = GeneratedDay(night_rps=1, peak_rps=2)
    scenario = Scenario(start=START, minutes=12, seed=1, day=day, shares={"api": 1.0})
    sandbox.clock.now = scenario.start_s
    plan = [happens(1, Deploy(breaks="errors", error_ratio=0.8)), happens(2, Failover())]
    rehearsal = Rehearsal(load_project(root).environment("local"), scenario, sandbox, cloud, plan)

    events = rehearsal.play({"api": [20.0] * 12, "reports": [2.0] * 12})

    ecs = emulated.client("ecs")
    (service,) = ecs.describe_services(cluster="lighthouse-local", services=["api"])["services"]
    newest = ecs.describe_task_definition(taskDefinition="lighthouse-local-api")["taskDefinition"]
    before = ecs.describe_task_definition(taskDefinition="lighthouse-local-api:1")["taskDefinition"]
    assert service["taskDefinition"].endswith("/lighthouse-local-api:1")
    assert newest["taskDefinitionArn"].endswith("/lighthouse-local-api:2")
    assert [each["image"] for each in newest["containerDefinitions"]] == [
        each["image"] for each in before["containerDefinitions"]
    ]
    assert cloud.database().instances[0] == reader
    failed = next(each for each in events if each.detail.get("outcome") == "failed")
    assert [each.detail["outcome"] for each in events if "outcome" in each.detail] == ["failed", "rolled back"]
    names = failed.detail["alarms"]
    assert isinstance(names, list)
    (name,) = names
    (alarm,) = emulated.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert alarm["StateValue"] == "OK", "it has recovered since"
