"""A rehearsal's logs and metrics, end to end over HTTP: what arrives, what is counted in a bucket, and what is told."""

import base64
import gzip
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import ACCOUNTS, REGION, Emulated
from watchkeeper.project.load import load_project
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.actions import Action, BrokenIntake, SlowDatabase
from watchkeeper.sandbox.actions import Planned as PlannedAction
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.datadog.log_store import LogRecord
from watchkeeper.sandbox.process import Accounts, AwsAccount, Sandbox, start_sandbox
from watchkeeper.sandbox.rehearsal import Rehearsal
from watchkeeper.sandbox.scenario import Scenario
from watchkeeper.sandbox.traffic import GeneratedDay
from watchkeeper.timeline import TimelineEvent

pytestmark = pytest.mark.emulator
START = "2026-06-10T17:00:00Z"
HOSTS = ("aws-kinesis-http-intake.logs.datadoghq.eu", "http-intake.logs.datadoghq.eu")
MINUTES = 35
BROKEN = range(10, 20)


@dataclass(frozen=True, slots=True)
class Played:
    """What a rehearsal left behind. events: its timeline. start_s: Unix seconds."""

    emulated: Emulated
    sandbox: Sandbox
    events: list[TimelineEvent]
    start_s: int

    def logs(self, source: str) -> list[LogRecord]:
        """What Datadog has of a source."""
        end = (self.start_s + MINUTES * 60) * 1000
        return [each for each in self.sandbox.datadog.store.logs.between(0, end) if each.source == source]

    def written(self, prefix: str, words: str = "") -> int:
        """Lines that lie in CloudWatch, in the groups of a prefix."""
        client = self.emulated.client("logs")
        groups = client.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
        pages = [
            client.filter_log_events(logGroupName=each["logGroupName"], filterPattern=words)["events"]
            for each in groups
        ]
        return sum(len(page) for page in pages)

    def kept(self, prefix: str) -> list[bytes]:
        """Records that lie in a bucket of failed data, below a prefix."""
        s3 = self.emulated.client("s3")
        found = []
        for bucket in s3.list_buckets()["Buckets"]:
            if "failed" not in bucket["Name"]:
                continue
            for each in s3.list_objects_v2(Bucket=bucket["Name"], Prefix=prefix).get("Contents", []):
                raw = gzip.decompress(s3.get_object(Bucket=bucket["Name"], Key=each["Key"])["Body"].read())
                found += [base64.b64decode(json.loads(line)["rawData"]) for line in raw.splitlines()]
        return found


def planned(at_m: int, action: Action, source: str) -> PlannedAction:
    return PlannedAction(at_m, TimelineEvent(0, "fault", source, "it happens"), action)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, assemblies: Callable[[str], Path], root: Path) -> Iterator[Played]:
    """Thirty-five minutes; from the tenth to the twentieth no intake takes anything, and the database is slow once."""
    home = tmp_path_factory.mktemp("played")
    aws = AwsAccount(ACCOUNTS["local"], REGION, "awsmetrics-intake.datadoghq.eu", HOSTS)
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse", aws=aws)
    sandbox = start_sandbox(home, accounts, pid=os.getpid(), now=0)
    try:
        assert sandbox.aws is not None
        emulated = Emulated(sandbox.aws, assemblies)
        emulated.deploy()
        cloud = Cloud(sandbox.aws, REGION)
        cloud.put_api_key(sandbox.record.keys["datadog_api_key"])
        day = GeneratedDay(night_rps=1, peak_rps=2)
        scenario = Scenario(start=START, minutes=MINUTES, seed=1, day=day, shares={"api": 1.0})
        sandbox.clock.now = scenario.start_s
        plan = [
            planned(2, SlowDatabase(minutes=3, factor=10), "aurora-slow"),
            planned(BROKEN.start, BrokenIntake(minutes=len(BROKEN)), "intake-down"),
        ]
        rehearsal = Rehearsal(load_project(root).environment("local"), scenario, sandbox, cloud, plan)
        events = rehearsal.play({"api": [20.0] * MINUTES, "reports": [2.0] * MINUTES})
        yield Played(emulated, sandbox, events, scenario.start_s)
    finally:
        sandbox.close()
        remove_record(home)


def test_every_layers_logs_arrive_with_their_tags(played: Played) -> None:
    """Application, Aurora and flow logs; of the flow logs only what the declared pattern lets through."""
    application, database, flow = (played.logs(source) for source in ("go", "postgresql", "vpc"))

    assert {log.service for log in application} == {"api", "reports"}
    assert {"env:local", "team:checkout", "cluster_name:lighthouse-local"} <= application[0].tags
    assert any("duration:" in log.message for log in database)
    assert {"env:local", "service:aurora", "team:platform"} <= database[0].tags
    assert flow
    assert all("REJECT" in log.message for log in flow)
    assert played.written("/vpc/", "ACCEPT") > 0


def test_of_ten_minutes_without_an_intake_every_log_arrives_later_or_is_counted_in_the_bucket(played: Played) -> None:
    """Nothing is lost, nothing comes twice: what CloudWatch has is what Datadog and the bucket have together."""
    for source, group, words in (("postgresql", "/aws/rds/", ""), ("vpc", "/vpc/", "REJECT")):
        kept = played.kept(f"logs/{'database' if source == 'postgresql' else 'flow'}/")
        counted = sum(len(json.loads(gzip.decompress(record))["logEvents"]) for record in kept)

        assert len(played.logs(source)) + counted == played.written(group, words), source
        assert counted > 0, source


def test_the_applications_logs_are_only_late(played: Played) -> None:
    """The routers repeat for longer than the fault lasts; nothing of it lies in a bucket."""
    by_minute = {(log.at_ms // 1000 - played.start_s) // 60 for log in played.logs("go") if log.service == "api"}

    assert by_minute == set(range(MINUTES))
    assert played.written("/ecs/lighthouse-local/api", "") > 0, "the router tells of each failed attempt"


def test_of_ten_minutes_without_an_intake_every_metric_arrives_later_or_is_counted_in_the_bucket(
    played: Played,
) -> None:
    """A metric stream's record holds the data of one minute."""
    series = played.sandbox.datadog.store.series.select("aws.applicationelb.request_count", 0, 2**40)
    arrived = {at for each in series for at in each.timestamps}
    kept = played.kept("datadog_stream")

    assert len(arrived) + len(kept) == MINUTES
    assert len(kept) == 9


def test_the_timeline_tells_what_lies_in_the_bucket(played: Played) -> None:
    """With the number of records, at the instant at which they were given up."""
    told = [event for event in played.events if event.kind == "forwarding"]

    records = sum(int(str(event.detail["records"])) for event in told)
    assert records == len(played.kept("datadog_stream")) + len(played.kept("logs/"))
    assert all("lie in the bucket of failed data" in event.title for event in told)


def test_firehose_itself_tells_that_its_deliveries_fail(played: Played) -> None:
    """The monitor on the share of successful deliveries sees the fault as soon as the pipe is open again."""
    found: dict[int, list[Any]] = {}
    for each in played.sandbox.datadog.store.series.select("aws.firehose.delivery_to_http_endpoint_success", 0, 2**40):
        for at, value in zip(each.timestamps, each.values, strict=True):
            found.setdefault((at - played.start_s) // 60, []).append(value)

    assert all(value == 1.0 for value in found[5])
    assert min(value for values in found.values() for value in values) == 0.0
    ages = played.sandbox.datadog.store.series.select("aws.firehose.delivery_to_http_endpoint_data_freshness", 0, 2**40)
    assert max(value for each in ages for value in each.values) >= 240
