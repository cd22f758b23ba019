"""The canary through the deployed pipe, over HTTP, and what becomes of data that Datadog does not take."""

import base64
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import botocore.exceptions
import httpx
import pytest

from tests.sandbox.conftest import ACCOUNTS, REGION, Emulated
from watchkeeper.adapters.aws.firehose_pipe import SERVICES
from watchkeeper.adapters.aws.log_pipe import LogPipe
from watchkeeper.adapters.aws.metric_pipe import MetricPipe
from watchkeeper.adapters.aws.role import RoleReader
from watchkeeper.commands.forwarding.canary import Flown, fly
from watchkeeper.commands.forwarding.permissions import compare_permissions
from watchkeeper.commands.sandbox.clock import ask_sandbox
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError
from watchkeeper.forwarding.canary import Heartbeat, canary_log_group
from watchkeeper.forwarding.permissions import SCOPED
from watchkeeper.project.load import load_project
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.process import Accounts, AwsAccount, Sandbox, start_sandbox

pytestmark = pytest.mark.emulator
NOW = 1_780_000_020 // 60 * 60
LOG_HOSTS = ("aws-kinesis-http-intake.logs.datadoghq.eu", "http-intake.logs.datadoghq.eu")
HEARTBEAT = Heartbeat("local", 0, NOW, canary_log_group("lighthouse", "local"))


@dataclass(frozen=True, slots=True)
class Deployed:
    """A running sandbox in which the environment `local` is deployed, and the project that speaks to it."""

    root: Path
    sandbox: Sandbox
    session: Session
    cloud: Cloud
    pipe: MetricPipe
    logs: LogPipe
    s3: Any
    aws_logs: Any

    def fly(self, limit_s: int = 600, seed: int = 41) -> Flown:
        """One canary."""
        return fly(self.session, limit_s=limit_s, seed=seed)

    def intake(self, answers: int | None) -> None:
        """Break the intake, or mend it with None."""
        ask_sandbox(self.root, "POST", "/intake", {"answers": answers})

    def step(self, minutes: int = 1) -> None:
        """Move virtual time."""
        ask_sandbox(self.root, "POST", "/clock", {"step_s": minutes * 60})

    def put(self, value: int) -> None:
        """A heartbeat at virtual now."""
        self.pipe.put(Heartbeat("local", value, self.sandbox.clock.now))

    def write(self, value: int) -> None:
        """A log line at virtual now."""
        self.logs.put(replace(HEARTBEAT, value=value, at=self.sandbox.clock.now))

    def found(self, search: str, since: int) -> list[dict[str, Any]]:
        """The attributes of the logs that a search finds from an instant on."""
        record = self.sandbox.record
        headers = {
            "DD-API-KEY": record.keys["datadog_api_key"],
            "DD-APPLICATION-KEY": record.keys["datadog_app_key"],
        }
        period = {"from": str(since * 1000), "to": "now"}
        body = {"filter": {"query": search, **period}, "page": {"limit": 1000}}
        url = f"{record.urls['datadog']}/api/v2/logs/events/search"
        answer = httpx.post(url, json=body, headers=headers, trust_env=False).raise_for_status().json()
        return [each["attributes"] for each in answer["data"]]

    def seen(self, since: int) -> set[float]:
        """Every value of the canary that Datadog has since then."""
        record = self.sandbox.record
        headers = {
            "DD-API-KEY": record.keys["datadog_api_key"],
            "DD-APPLICATION-KEY": record.keys["datadog_app_key"],
        }
        query = "max:watchkeeper.canary.heartbeat.maximum{environment:local}"
        asked: dict[str, Any] = {"from": since, "to": self.sandbox.clock.now + 60, "query": query}
        url = f"{record.urls['datadog']}/api/v1/query"
        answer = httpx.get(url, params=asked, headers=headers, trust_env=False).json()
        return {value for each in answer["series"] for _, value in each["pointlist"] if value is not None}


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, assemblies: Callable[[str], Path], root: Path
) -> Iterator[Deployed]:
    home = tmp_path_factory.mktemp("canary")
    (home / "platform").mkdir()
    shutil.copy(root / "platform" / "forwarding.yaml", home / "platform")
    aws = AwsAccount(ACCOUNTS["local"], REGION, "awsmetrics-intake.datadoghq.eu", LOG_HOSTS)
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse", aws=aws)
    sandbox = start_sandbox(home, accounts, pid=os.getpid(), now=NOW)
    try:
        assert sandbox.aws is not None
        emulated = Emulated(sandbox.aws, assemblies)
        emulated.deploy()
        project = replace(load_project(root), root=home)
        session = Session(project, project.environment("local"), {})
        clients = {name: emulated.client(name) for name in SERVICES}
        pipe, logs = MetricPipe(clients), LogPipe(clients)
        cloud = Cloud(sandbox.aws, REGION)
        yield Deployed(home, sandbox, session, cloud, pipe, logs, clients["s3"], clients["logs"])
    finally:
        sandbox.close()
        remove_record(home)


@pytest.fixture
def deployed(running: Deployed) -> Iterator[Deployed]:
    """With the right key, nothing broken and nothing held back."""
    running.cloud.put_api_key(running.sandbox.record.keys["datadog_api_key"])
    yield running
    running.intake(None)
    running.step(8)


@pytest.fixture
def aws_iam(deployed: Deployed) -> Any:
    """IAM of the emulated account."""
    return deployed.cloud.client("iam")


def test_a_metric_put_into_cloudwatch_arrives_in_datadog(deployed: Deployed) -> None:
    """Through the deployed stream and Firehose, over HTTP; its latency is virtual time."""
    flown = deployed.fly(seed=1233)

    assert flown.proof.has_arrived
    assert flown.proof.latency_s == 60
    assert flown.proof.reasons == ()
    answer = flown.to_json("local")
    assert (answer["arrived"], answer["virtual_time"], answer["value"]) == (True, True, 1234)
    assert answer["backed_up"] == 0


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (413, "lower `metrics: buffer_mib`"),
        (429, "raise `metrics: retry_s`"),
        (503, "the intake answers 503"),
        (0, "did not answer within 3 minutes"),
    ],
    ids=["too large", "too much", "unavailable", "nothing"],
)
def test_a_broken_intake_is_named_and_the_data_are_counted(deployed: Deployed, answers: int, words: str) -> None:
    """Retried for the minute that the stream says, then in the bucket of failed data."""
    deployed.intake(answers)

    proof = deployed.fly(limit_s=240).proof

    assert not proof.has_arrived
    assert any(words in reason for reason in proof.reasons), proof.reasons
    assert len(proof.reasons) == 1
    assert proof.backed_up == 1


def test_a_wrong_key_in_the_secret_is_named(deployed: Deployed) -> None:
    """The intake answers 403, and the canary says where the key belongs."""
    deployed.cloud.put_api_key("0" * 32)

    proof = deployed.fly(limit_s=180).proof

    assert [reason.partition(";")[0] for reason in proof.reasons] == ["the intake answers 403"]
    assert "secret" in proof.reasons[0]


def test_a_log_written_into_cloudwatch_arrives_in_datadog_with_its_tags(deployed: Deployed) -> None:
    """Through the deployed subscription filter and Firehose, in their real formats."""
    start = deployed.sandbox.clock.now
    flown = deployed.fly(seed=2344)

    metric, log = flown.proofs
    assert (log.kind, log.latency_s, log.reasons, log.backed_up) == ("log", 60, (), 0)
    assert metric.has_arrived
    (found,) = deployed.found('service:watchkeeper-canary "canary 2345"', start)
    assert found["message"] == "watchkeeper canary 2345 of local"
    assert found["tags"] == ["env:local", "service:watchkeeper-canary", "source:watchkeeper", "team:platform"]
    assert found["attributes"]["aws"]["awslogs"]["logGroup"] == HEARTBEAT.group


def test_what_no_canary_flies_is_told(deployed: Deployed) -> None:
    """Nobody takes the proof of two ways for the proof of all."""
    told = deployed.fly().to_json("local")["not_proven"]

    assert "access logs by Datadog's forwarder: not rehearsed offline" in " ".join(told)
    assert "application logs" in told[0]


@pytest.mark.parametrize("answers", [403, 413, 429, 503, 0], ids=["key", "large", "much", "unavailable", "nothing"])
def test_a_broken_intake_of_logs_hides_no_metric_and_loses_no_line(deployed: Deployed, answers: int) -> None:
    """The metric arrives; the line is repeated for the five minutes that the stream says, and counted in the bucket."""
    ask_sandbox(deployed.root, "POST", "/intake", {"answers": answers, "of": "logs"})

    metric, log = deployed.fly(limit_s=480, seed=answers).proofs

    assert metric.has_arrived
    assert not log.has_arrived
    assert log.backed_up == 1
    (reason,) = log.reasons
    assert ("did not answer" if answers == 0 else f"answers {answers}") in reason


@pytest.mark.parametrize("answers", [503, 0], ids=["unavailable", "nothing"])
def test_ten_minutes_without_an_intake_of_logs_lose_nothing_uncounted(deployed: Deployed, answers: int) -> None:
    """Every line is in Datadog afterwards, or one record of the bucket; none is in both."""
    start = deployed.sandbox.clock.now
    sent = set(range(3000, 3015))
    for number, value in enumerate(sorted(sent)):
        deployed.intake(answers if 2 <= number < 12 else None)
        deployed.write(value)
        deployed.step()
    deployed.step(8)

    pipe = deployed.logs.pipe(HEARTBEAT)
    assert pipe is not None
    found = deployed.found("service:watchkeeper-canary", start)
    arrived = [int(each["message"].split()[2]) for each in found]
    backed_up = deployed.logs.backed_up(pipe, start)
    assert sorted(set(arrived)) == sorted(arrived)
    assert len(arrived) + backed_up == len(sent)
    assert backed_up == 5
    assert sent - set(arrived) == {3002, 3003, 3004, 3005, 3006}


def test_a_third_subscription_of_a_group_is_refused(deployed: Deployed) -> None:
    """As CloudWatch Logs refuses it, in the middle of a deploy; `forwarding doctor` finds it before."""
    group = "/test/limit"
    deployed.aws_logs.create_log_group(logGroupName=group)
    for name in ("one", "two"):
        _subscribe(deployed, group, name)

    with pytest.raises(botocore.exceptions.ClientError) as caught:
        _subscribe(deployed, group, "three")

    assert caught.value.response["Error"]["Code"] == "LimitExceededException"


def _subscribe(deployed: Deployed, group: str, name: str) -> None:
    arn = "arn:aws:firehose:eu-west-1:000000000000:deliverystream/x"
    deployed.aws_logs.put_subscription_filter(logGroupName=group, filterName=name, filterPattern="", destinationArn=arn)


def test_a_short_fault_only_delays(deployed: Deployed) -> None:
    """One refused attempt is repeated a minute later, within the retry duration."""
    deployed.intake(503)
    deployed.put(77)
    start = deployed.sandbox.clock.now
    deployed.step()
    deployed.intake(None)
    deployed.step()

    assert 77 in deployed.seen(start)
    pipe = deployed.pipe.pipe(HEARTBEAT)
    assert pipe is not None
    assert deployed.pipe.backed_up(pipe, start) == 0


@pytest.mark.parametrize("answers", [503, 0], ids=["unavailable", "nothing"])
def test_ten_minutes_without_an_intake_lose_nothing_uncounted(deployed: Deployed, answers: int) -> None:
    """Every datum is in Datadog afterwards, or one record of the bucket; none is in both."""
    start = deployed.sandbox.clock.now
    sent = set(range(1000, 1015))
    for number, value in enumerate(sorted(sent)):
        deployed.intake(answers if 2 <= number < 12 else None)
        deployed.put(value)
        deployed.step()
    deployed.step(3)

    pipe = deployed.pipe.pipe(HEARTBEAT)
    assert pipe is not None
    arrived = {int(value) for value in deployed.seen(start)} & sent
    backed_up = deployed.pipe.backed_up(pipe, start)
    assert len(arrived) + backed_up == len(sent)
    assert backed_up == 9
    assert {1000, 1001, 1011, 1012, 1013, 1014} == arrived


def test_what_lies_in_the_bucket_can_be_read_again(deployed: Deployed) -> None:
    """Each line names the error, the attempts and the record as it was."""
    deployed.intake(429)
    start = deployed.sandbox.clock.now
    deployed.put(5)
    deployed.step(3)
    pipe = deployed.pipe.pipe(HEARTBEAT)
    assert pipe is not None

    keys = [each["Key"] for each in deployed.s3.list_objects_v2(Bucket=pipe.bucket)["Contents"]]
    raw = [gzip.decompress(deployed.s3.get_object(Bucket=pipe.bucket, Key=key)["Body"].read()) for key in keys]
    lines = [json.loads(line) for each in raw for line in each.splitlines()]
    mine = [line for line in lines if line["arrivalTimestamp"] >= start * 1000]

    assert all(key.startswith("datadog_streamhttp-endpoint-failed/") for key in keys)
    assert [(line["errorCode"], line["attemptsMade"]) for line in mine] == [("HttpEndpoint.DestinationException", 2)]
    assert b"amazonaws.com/Watchkeeper/Canary/Heartbeat" in base64.b64decode(mine[0]["rawData"])


def test_a_project_that_does_not_stream_the_canary_is_told_so(deployed: Deployed, tmp_path: Path) -> None:
    """Before anything is sent, with the line that is missing."""
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform" / "forwarding.yaml").write_text("metrics: {namespaces: {AWS/ECS: {}}}\n")
    session = replace(deployed.session, project=replace(deployed.session.project, root=tmp_path))

    with pytest.raises(UsageError) as caught:
        fly(session, limit_s=60, seed=1)

    assert "Watchkeeper/Canary" in caught.value.fix


def test_without_the_stack_the_canary_names_it(tmp_path: Path, root: Path) -> None:
    """An empty account has no metric stream."""
    (tmp_path / "platform").mkdir()
    shutil.copy(root / "platform" / "forwarding.yaml", tmp_path / "platform")
    aws = AwsAccount(ACCOUNTS["local"], REGION, "awsmetrics-intake.datadoghq.eu")
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse", aws=aws)
    sandbox = start_sandbox(tmp_path, accounts, pid=os.getpid(), now=NOW)
    try:
        project = replace(load_project(root), root=tmp_path)
        flown = fly(Session(project, project.environment("local"), {}), limit_s=60, seed=1)
    finally:
        sandbox.close()
        remove_record(tmp_path)

    assert flown.proof.pipe is None
    assert "deploy the stack Forwarding" in flown.proof.reasons[0]


def test_drift_of_the_deployed_role_is_seen(deployed: Deployed, aws_iam: Any) -> None:
    """What somebody took away, and what somebody added by a policy of its own."""
    assert not compare_permissions(deployed.session, is_deployed=True, newer=None).has_drift
    _change_role(aws_iam, sorted({*SCOPED} - {"ec2:Describe*"}))

    with pytest.raises(UsageError, match="has no role Other"):
        RoleReader(aws_iam).actions("Other")
    found = compare_permissions(deployed.session, is_deployed=True, newer=None)
    assert found.missing == ("ec2:Describe*",)
    assert found.surplus == ("s3:DeleteBucket",)
    assert found.has_drift


def _change_role(iam: Any, actions: list[str]) -> None:
    inline = {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    iam.put_role_policy(RoleName="DatadogIntegrationRole", PolicyName="Scoped", PolicyDocument=json.dumps(inline))
    more = {"Statement": {"Effect": "Allow", "Action": "s3:DeleteBucket", "Resource": "*"}}
    arn = iam.create_policy(PolicyName="More", PolicyDocument=json.dumps(more))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="DatadogIntegrationRole", PolicyArn=arn)
    iam.attach_role_policy(RoleName="DatadogIntegrationRole", PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
