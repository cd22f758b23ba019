"""What a broker writes, end to end over HTTP: its log group, Firehose, Datadog's intake."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import ACCOUNTS, REGION, Emulated
from tests.sandbox.test_played_logs import HOSTS, START, Played
from watchkeeper.project.load import load_project
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.process import Accounts, AwsAccount, start_sandbox
from watchkeeper.sandbox.rehearsal import Rehearsal
from watchkeeper.sandbox.scenario import Scenario
from watchkeeper.sandbox.traffic import GeneratedDay

pytestmark = pytest.mark.emulator
MINUTES = 12


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, assemblies: Callable[[str], Path], root: Path) -> Iterator[Played]:
    """Twelve minutes of an environment with a provisioned broker."""
    home = tmp_path_factory.mktemp("brokered")
    aws = AwsAccount(ACCOUNTS["local"], REGION, "awsmetrics-intake.datadoghq.eu", HOSTS)
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse", aws=aws)
    sandbox = start_sandbox(home, accounts, pid=os.getpid(), now=0)
    try:
        assert sandbox.aws is not None
        emulated = Emulated(sandbox.aws, assemblies)
        emulated.deploy("gradual")
        cloud = Cloud(sandbox.aws, REGION)
        cloud.put_api_key(sandbox.record.keys["datadog_api_key"])
        day = GeneratedDay(night_rps=1, peak_rps=2)
        scenario = Scenario(start=START, minutes=MINUTES, seed=1, day=day, shares={"api": 1.0})
        sandbox.clock.now = scenario.start_s
        rehearsal = Rehearsal(load_project(root).environment("local"), scenario, sandbox, cloud)
        events = rehearsal.play({"api": [20.0] * MINUTES, "reports": [2.0] * MINUTES})
        yield Played(emulated, sandbox, events, scenario.start_s)
    finally:
        sandbox.close()
        remove_record(home)


def test_every_brokers_log_arrives_with_its_tags(played: Played) -> None:
    """Each line that lies in CloudWatch, once, from every broker of the cluster."""
    arrived = played.logs("msk")

    assert {"env:local", "team:platform"} <= arrived[0].tags
    assert {f"brokerId={number}" for number in (1, 2, 3)} == {
        word.rstrip("]") for log in arrived for word in log.message.split() if word.startswith("brokerId=")
    }
    assert len(arrived) == played.written("/msk/")
