"""`watchkeeper doctor` against stand-ins over HTTP and the emulated AWS: what is missing, and what to do."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest

from watchkeeper.commands.doctor import Check, examine, examine_tools
from watchkeeper.commands.doctor.aws import aws
from watchkeeper.commands.doctor.check import asked
from watchkeeper.commands.doctor.declared import declared
from watchkeeper.commands.doctor.vendors import datadog, pagerduty, slack
from watchkeeper.commands.sandbox.variables import sandbox_variables
from watchkeeper.commands.session import open_session
from watchkeeper.delivery.model import load_delivery
from watchkeeper.errors import RemoteError
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.routing.load import load_on_call
from watchkeeper.sandbox.process import Accounts, AwsAccount, Sandbox, start_sandbox

pytestmark = pytest.mark.emulator
PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()"]
ACCOUNT, REGION = "222222222222", "eu-west-1"
ARN = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/6f1c9a52-3b0e-4d7f-9a43-0c5de1f7b218"
CERTIFICATE = f'certificate: "{ARN}", '
INSIDE = ("every_service: {grpc: internal}", "flows: {visitors-tls: {needed: false}}")
"""What an environment says that serves no gRPC at its load balancer."""
DESCRIPTION = 'Datadog API key for datadoghq.eu as {"api_key": "..."}'
AWS = ("aws", "bootstrap", "certificate", "delivery", "images", "stacks", "api-key")
VENDORS = {"datadog": datadog, "pagerduty": pagerduty, "slack": slack}
TAGS = [{"Key": "env", "Value": "stage"}, {"Key": "managed_by", "Value": "watchkeeper"}]


def declarations(root: Path, project: Path) -> None:
    """Those of this repository, the registry in the account of `stage`."""
    (project / "platform").mkdir(exist_ok=True)
    for name in ("watchkeeper.yaml", "app.py", "package.json"):
        shutil.copy(root / name, project)
    shutil.copytree(root / "platform" / "routing", project / "platform" / "routing", dirs_exist_ok=True)
    shutil.copy(root / "platform" / "forwarding.yaml", project / "platform")
    text = (root / "platform" / "delivery.yaml").read_text()
    (project / "platform" / "delivery.yaml").write_text(text.replace("444444444444", ACCOUNT))


class Stage:
    """A project whose environment `stage` is played by a sandbox. environ: of a shell that speaks to it."""

    def __init__(self, root: Path, sandbox: Sandbox) -> None:
        self.root = root
        self.sandbox = sandbox
        self.environ = dict(sandbox_variables(open_session(root, "stage", environ={}), sandbox.record).values)

    def client(self, service: str) -> Any:
        session = boto3.session.Session(ACCOUNT, "sandbox", region_name=REGION)
        config = boto3.session.Config(proxies={})
        return session.client(service, endpoint_url=self.sandbox.record.urls["aws"], config=config)

    def edit(self, before: str, after: str) -> None:
        """Change watchkeeper.yaml."""
        file = self.root / "watchkeeper.yaml"
        assert before in file.read_text()
        file.write_text(file.read_text().replace(before, after, 1))

    def add(self, *lines: str) -> None:
        """Further settings of `stage`."""
        last = "    database: {is_protected: false}\n  prod:"
        self.edit(last, last.replace("  prod:", "".join(f"    {line}\n" for line in lines) + "  prod:"))

    def checks(self, name: str, **environ: str) -> list[tuple[str, str, str]]:
        """State, sentence and mend of every check of a name."""
        session = open_session(self.root, "stage", environ={**self.environ, **environ})
        target = session.target
        if name in AWS:
            found = list(aws(session, target, load_delivery(session.project)))
        else:
            vendor = VENDORS[name.partition("-")[0]]
            plan = load_on_call(session.project, session.environment)
            found = list(asked(name, lambda: vendor(session, target, plan)))
        assert not any(key in repr(check) for check in found for key in self.sandbox.record.keys.values())
        return [(check.state, check.told, check.fix) for check in found if check.name == name]


@pytest.fixture(scope="module")
def played(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Sandbox]]:
    project = tmp_path_factory.mktemp("stage")
    aws = AwsAccount(ACCOUNT, REGION, "intake.invalid")
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse", aws=aws, env="stage")
    running = start_sandbox(project, accounts, pid=os.getpid(), now=1_764_000_000)
    yield project, running
    running.close()
    remove_record(project)


@pytest.fixture
def stage(root: Path, played: tuple[Path, Sandbox], monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An empty account, and the declarations as they are in this repository."""
    project, sandbox = played
    declarations(root, project)
    assert sandbox.aws is not None
    sandbox.aws.reset()
    for part in (sandbox.datadog, sandbox.pagerduty, sandbox.slack):
        part.reset()
    found = Stage(project, sandbox)
    for name, value in found.environ.items():  # boto3 reads the process's own
        monkeypatch.setenv(name, value)
    return found


def test_an_empty_account_is_told_step_by_step(stage: Stage) -> None:
    """In the order in which each is made; what depends on something missing is not asked."""
    session = open_session(stage.root, "stage", environ=stage.environ)

    checks = list(examine(session))

    assert [(check.name, check.state) for check in checks if check.state in ("missing", "unasked")] == [
        ("bootstrap", "missing"),
        ("certificate", "missing"),
        ("delivery", "missing"),
        ("images", "unasked"),
        ("stacks", "missing"),
        ("api-key", "unasked"),
        ("pagerduty", "missing"),
        ("pagerduty", "missing"),
        ("pagerduty", "missing"),
        ("pagerduty", "missing"),
    ]
    (bootstrap,) = (check for check in checks if check.name == "bootstrap")
    assert (bootstrap.told, bootstrap.fix) == (
        f"aws://{ACCOUNT}/{REGION} is not bootstrapped", f"cdk bootstrap aws://{ACCOUNT}/{REGION}",
    )  # fmt: skip
    assert not any(key in repr(checks) for key in stage.sandbox.record.keys.values())


def test_placeholders_are_notes_in_a_sandbox_and_missing_without_one(stage: Stage) -> None:
    """What stands for nobody's account does no harm where every account is played."""
    session = open_session(stage.root, "stage", environ=stage.environ)
    plan, delivery = load_on_call(session.project, session.environment), load_delivery(session.project)

    played, live = (list(declared(session, delivery, plan, is_played=is_played)) for is_played in (True, False))

    assert (played[0].told, played[0].fix) == (
        f"the AWS account {ACCOUNT} is an example", "write the number of your own",
    )  # fmt: skip
    assert ({check.state for check in played}, {check.state for check in live}) == ({"note"}, {"missing"})
    files = [check.where.file for check in live if check.where]
    assert list(dict.fromkeys(files)) == ["watchkeeper.yaml", "platform/delivery.yaml", "platform/routing/people.yaml"]


def test_a_bootstrap_is_seen_by_its_version(stage: Stage) -> None:
    """One that is too old is as good as none."""
    ssm = stage.client("ssm")
    seen = []
    for version in ("5", "30"):
        ssm.put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value=version, Type="String", Overwrite=True)
        seen += [state for state, _, _ in stage.checks("bootstrap")]

    assert seen == ["missing", "ok"]


def test_another_accounts_workflows_have_to_be_trusted(stage: Stage) -> None:
    """The registry stands elsewhere, so the bootstrap's roles must let that account in."""
    file = stage.root / "platform" / "delivery.yaml"
    file.write_text(file.read_text().replace(ACCOUNT, "417141415827"))
    stage.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    before = stage.checks("bootstrap")
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::417141415827:root"},
    }
    stage.client("iam").create_role(
        RoleName=f"cdk-hnb659fds-deploy-role-{ACCOUNT}-{REGION}",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )

    assert before[0][1].endswith("does not trust the workflows' account 417141415827")
    assert "--trust 417141415827 --trust-for-lookup 417141415827" in before[0][2]
    assert [state for state, _, _ in stage.checks("bootstrap")] == ["ok"]
    (delivery,) = stage.checks("delivery")
    assert delivery[:2] == (
        "unasked", f"the AWS credentials are of account {ACCOUNT}, not of 417141415827, where the registry is",
    )  # fmt: skip


def test_credentials_of_another_account_end_the_questions_to_aws(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said of an account that is not the environment's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "417141415827")

    (first, second) = stage.checks("aws")

    assert first[:2] == ("missing", f"the AWS credentials are of account 417141415827, not of {ACCOUNT}")
    assert second[0] == "unasked"
    assert stage.checks("stacks") == []


def test_a_certificate_has_to_be_there_and_issued(stage: Stage) -> None:
    """Without one HTTP is served, which is said."""
    before = stage.checks("certificate")
    acm = stage.client("acm")
    arn = acm.request_certificate(DomainName="x.lighthouse.dev", ValidationMethod="DNS")["CertificateArn"]
    stage.edit(ARN, arn)
    status = acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"]
    after = stage.checks("certificate")
    stage.edit(CERTIFICATE.replace(ARN, arn), "")
    stage.add(*INSIDE)

    assert before[0][:2] == ("missing", f"there is no certificate {ARN}")
    assert after[0][0] == ("ok" if status == "ISSUED" else "missing")
    assert stage.checks("certificate")[0][0] == "note"


def test_a_domain_has_to_lie_in_its_hosted_zone(stage: Stage) -> None:
    """Else nobody could prove it, and the certificate would wait for ever."""
    zone = stage.client("route53").create_hosted_zone(Name="lighthouse.dev", CallerReference="1")
    own, strange = zone["HostedZone"]["Id"].rpartition("/")[2], "Z04721312QG1PBM0WTFBP"
    seen = []
    edge = CERTIFICATE
    for domain, named in (("x.lighthouse.dev", strange), ("x.elsewhere.dev", own), ("x.lighthouse.dev", own)):
        changed = f"domain: {domain}, hosted_zone: {named}, "
        stage.edit(edge, changed)
        edge = changed
        seen += [(state, told) for state, told, _ in stage.checks("certificate")]

    assert seen == [
        ("missing", f"there is no hosted zone {strange}"),
        ("missing", "x.elsewhere.dev is not inside of the zone lighthouse.dev"),
        ("ok", "the hosted zone lighthouse.dev can prove x.lighthouse.dev"),
    ]


def test_the_workflows_roles_have_to_trust_this_repository(stage: Stage) -> None:
    """Both forms of the subject; a role of another repository's is named."""
    iam = stage.client("iam")

    def trust(environment: str, repository: str) -> str:
        subjects = [
            f"repo:example-org/{repository}:environment:{environment}",
            f"repo:example-org@1000001/{repository}@2000002:environment:{environment}",
        ]
        condition = {"StringEquals": {"token.actions.githubusercontent.com:sub": subjects}}
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Condition": condition}]})

    for name in ("build", "stage", "stage-compare"):
        repository = "elsewhere" if name == "stage" else "lighthouse"
        iam.create_role(RoleName=f"lighthouse-deliver-{name}", AssumeRolePolicyDocument=trust(name, repository))
    before = stage.checks("delivery")
    iam.update_assume_role_policy(RoleName="lighthouse-deliver-stage", PolicyDocument=trust("stage", "lighthouse"))

    told = "the role lighthouse-deliver-stage does not trust repo:example-org/lighthouse:environment:stage"
    assert before[0][:2] == ("missing", told)
    assert stage.checks("delivery")[0][:2] == ("ok", "workflows of example-org/lighthouse are trusted")


def test_images_that_are_not_built_are_a_note_unless_grpc_needs_them(stage: Stage) -> None:
    """The placeholder answers HTTP, so the first deploy can come first; it speaks no gRPC."""
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "first")):
        source = stage.root / "examples" / "app" / "main.go"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text("package main\n")
        settings = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")
        subprocess.run(["git", *settings, *command], cwd=stage.root, check=True)
    try:
        without = stage.checks("images")
        ecr = stage.client("ecr")
        ecr.create_repository(repositoryName="lighthouse/examples-app")
        at_edge = stage.checks("images")
        stage.edit(CERTIFICATE, "")
        stage.add(*INSIDE)
        inside = stage.checks("images")
        tree = subprocess.run(
            ["git", "rev-parse", "HEAD:examples/app"], cwd=stage.root, capture_output=True, text=True, check=True
        ).stdout.strip()
        manifest = json.dumps({"schemaVersion": 2, "config": {}, "layers": []})
        ecr.put_image(repositoryName="lighthouse/examples-app", imageManifest=manifest, imageTag=f"tree-{tree}")
        there = stage.checks("images")
    finally:
        shutil.rmtree(stage.root / ".git")

    assert without[0][0] == "missing"
    assert "cdk deploy -c stack=delivery" in without[0][2]
    assert (at_edge[0][0], "the placeholder speaks no gRPC, which `api` serves" in at_edge[0][2]) == ("missing", True)
    assert (inside[0][0], inside[0][1].startswith("the registry has no lighthouse/examples-app:tree-")) == (
        "note",
        True,
    )
    assert there == [("ok", "the registry has 1 by digest, for every service", "")]


def test_a_stack_that_was_rolled_back_is_named(stage: Stage) -> None:
    """Only those that carry the environment's tags count."""
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    assert stage.sandbox.aws is not None
    cloudformation = stage.client("cloudformation")
    cloudformation.create_stack(StackName="elsewhere", TemplateBody=json.dumps(topic))
    before = stage.checks("stacks")
    for name in ("stage-Foundation", "stage-Data"):
        stage.sandbox.aws.inject(["refuse:AWS::SNS::Topic"] if name == "stage-Data" else [])
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(topic), Tags=TAGS)
        while cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"].endswith("IN_PROGRESS"):
            pass
    status = cloudformation.describe_stacks(StackName="stage-Data")["Stacks"][0]["StackStatus"]

    assert before == [("missing", "nothing of `stage` is deployed", "cdk deploy -c env=stage --all")]
    ((state, told, fix),) = stage.checks("stacks")
    assert (state, told) == ("missing", f"stage-Data is {status}")
    assert "delete it, mend the reason" in fix


def test_the_key_goes_into_the_secret_in_its_shape_and_is_known_at_the_site(stage: Stage) -> None:
    """The random value of the template, a key in the wrong shape, a strange key; then `forwarding key`."""
    secrets = stage.client("secretsmanager")
    none = stage.checks("api-key")
    arn = secrets.create_secret(Name="x-ApiKey", Description=DESCRIPTION, SecretString="{}", Tags=TAGS)["ARN"]
    key = stage.sandbox.record.keys["datadog_api_key"]
    seen = []
    for text in (key, json.dumps({"api_key": "0" * 32})):
        secrets.put_secret_value(SecretId=arn, SecretString=text)
        seen += stage.checks("api-key")
    written, again = (run(stage, "forwarding", "key", "--env", "stage") for _ in range(2))

    assert none[0][0] == "unasked"
    assert [state for state, _, _ in seen] == ["missing", "missing"]
    assert "does not hold a key as its reader wants it" in seen[0][1]
    assert "holds a key that datadoghq.eu does not know" in seen[1][1]
    assert {fix for _, _, fix in seen} == {"watchkeeper forwarding key --env stage"}
    assert (written.stdout[:16], again.stdout[:18]) == ("written: x-ApiKe", "held already: x-Ap")
    assert key not in written.stdout + written.stderr
    assert json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"]) == {"api_key": key}
    assert [state for state, _, _ in stage.checks("api-key")] == ["ok"]


def test_without_a_secret_the_key_is_put_nowhere(stage: Stage) -> None:
    """The stacks come first."""
    done = run(stage, "forwarding", "key", "--env", "stage", exits=2)

    assert "deploy the environment's stacks first: cdk deploy -c env=stage --all" in done.stderr


def test_a_key_that_datadog_does_not_know_is_not_written(stage: Stage) -> None:
    """Else everything would be refused, an hour later and by Firehose."""
    secrets = stage.client("secretsmanager")
    arn = secrets.create_secret(Name="x-ApiKey", Description=DESCRIPTION, SecretString="{}", Tags=TAGS)["ARN"]

    done = run(stage, "forwarding", "key", "--env", "stage", exits=1, environ={"DD_API_KEY": "f" * 32})

    assert "check the keys" in done.stderr
    assert secrets.get_secret_value(SecretId=arn)["SecretString"] == "{}"


@pytest.mark.parametrize(
    ("variable", "name", "told"),
    [
        ("DD_API_KEY", "datadog", "datadoghq.eu does not know the API key in DD_API_KEY"),
        ("DD_APP_KEY", "datadog", "datadoghq.eu refuses the application key in DD_APP_KEY"),
        ("PAGERDUTY_API_KEY", "pagerduty", "PagerDuty refuses the key in PAGERDUTY_API_KEY"),
        ("SLACK_BOT_TOKEN", "slack", "invalid_auth"),
    ],
)
def test_a_wrong_key_is_named_by_its_variable(stage: Stage, variable: str, name: str, told: str) -> None:
    """Never by its value."""
    first, *_ = stage.checks(name, **{variable: "wrong-value"})

    assert (first[0], told in first[1]) == ("missing", True)
    assert "wrong-value" not in str(first)


def test_a_missing_key_names_the_variable_to_set(stage: Stage) -> None:
    """Each vendor is asked for itself."""
    assert stage.checks("slack", SLACK_BOT_TOKEN="")[0][:2] == ("missing", "environment `stage` needs SLACK_BOT_TOKEN")


def test_a_slack_workspace_has_to_be_connected_in_datadog(stage: Stage) -> None:
    """That is done by hand, on Datadog's page."""
    stage.edit("slack_account: lighthouse", "slack_account: elsewhere")

    (found,) = stage.checks("datadog-slack")

    assert found[:2] == ("missing", "Datadog is not connected to the Slack workspace `elsewhere`")


def test_the_integration_is_synced_and_its_external_id_written_down(stage: Stage) -> None:
    """Undeclared it is a note; declared, first Datadog has to know the account, then the file the id."""
    file = stage.root / "platform" / "forwarding.yaml"
    undeclared = stage.checks("datadog-aws")
    file.write_text(file.read_text() + "\nintegration: {}\n")
    unknown = stage.checks("datadog-aws")
    done = run(stage, "forwarding", "sync", "--env", "stage")
    unwritten = stage.checks("datadog-aws")
    line = done.stderr.partition("write `")[2].partition("`")[0]
    file.write_text(file.read_text().replace("integration: {}", line.replace("integration: ", "integration: {") + "}"))

    assert [undeclared[0][0], unknown[0][0], unwritten[0][0]] == ["note", "missing", "missing"]
    assert unknown[0][2] == "watchkeeper forwarding sync --env stage"
    assert [state for state, _, _ in stage.checks("datadog-aws")] == ["ok"]


def test_people_who_are_no_users_are_missing_unless_they_are_invited(stage: Stage) -> None:
    """`creates_users` leaves that to `oncall sync`."""
    before = [state for state, _, _ in stage.checks("pagerduty")]
    stage.add("pagerduty: {creates_users: true, from_email: zoe@example.com}")
    after = [(state, told) for state, told, _ in stage.checks("pagerduty")]

    assert before == ["ok", *["missing"] * 4]
    assert after[1] == ("missing", "zoe@example.com is no PagerDuty user")
    assert [state for state, _ in after[2:]] == ["note"] * 4


def test_a_permission_that_is_missing_is_not_called_a_fault() -> None:
    """What the credentials may not read is told as unasked; every other refusal is missing."""

    def refused(status: int) -> Iterator[Check]:
        raise RemoteError("AWS refused GetRole of iam: AccessDenied", host="iam", status=status)

    states = [check.state for status in (403, 500) for check in asked("delivery", partial(refused, status))]

    assert states == ["unasked", "missing"]


def test_another_version_of_the_cdk_than_the_pinned_one_is_missing(stage: Stage, tmp_path: Path) -> None:
    """Newer ones of npm cannot read what is synthesized; a project without an app needs none."""
    fine = [check.state for check in examine_tools(stage.root)]
    (tmp_path / "app.py").touch()
    (tmp_path / "package.json").write_text('{"devDependencies": {"aws-cdk": "9.9.9"}}')
    *_, cdk = examine_tools(tmp_path)
    (tmp_path / "app.py").unlink()
    *_, without = examine_tools(tmp_path)

    assert fine == ["ok"] * 3
    assert (cdk.state, "is not the version 9.9.9" in cdk.told) == ("missing", True)
    assert without.state == "note"


def run(
    stage: Stage, *arguments: str, exits: int = 0, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *arguments, "--project", str(stage.root)]
    variables = {**os.environ, **stage.environ, **(environ or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    assert done.returncode == exits, done.stdout + done.stderr
    return done


def test_missing_things_end_with_1_and_stand_in_one_document(stage: Stage) -> None:
    """`--json` has each with its state, sentence, mend and place; no key stands in it."""
    done = run(stage, "doctor", "--env", "stage", "--json", exits=1)

    found = json.loads(done.stdout)
    assert (found["schema_version"], found["env"]) == (1, "stage")
    assert found["missing"] == sum(check["state"] == "missing" for check in found["checks"])
    assert {"name": "git", "state": "ok"}.items() <= found["checks"][0].items()
    placed = [check for check in found["checks"] if check.get("file") == "watchkeeper.yaml"]
    assert placed[0]["line"] > 1
    assert not any(key in done.stdout + done.stderr for key in stage.sandbox.record.keys.values())


@pytest.mark.parametrize(
    ("env", "text", "told"),
    [("stag", "", "there is no environment `stag`"), ("stage", "project: [", "watchkeeper.yaml:")],
    ids=["unknown environment", "broken file"],
)
def test_a_wrong_call_or_file_ends_with_2(stage: Stage, env: str, text: str, told: str) -> None:
    """The tools are told first, then the sentence about the file."""
    if text:
        (stage.root / "watchkeeper.yaml").write_text(text)

    done = run(stage, "doctor", "--env", env, exits=2)

    assert told in done.stderr
    assert done.stdout.startswith("ok       git")


def test_local_asks_for_its_sandbox_first(root: Path, tmp_path: Path) -> None:
    """Nothing else is asked, since there is nobody."""
    declarations(root, tmp_path)

    found = list(examine(open_session(tmp_path, "local", environ={})))

    assert [(check.name, check.state) for check in found] == [
        ("declarations", "ok"), ("sandbox", "missing"), ("sandbox", "unasked"),
    ]  # fmt: skip
    assert found[1].fix == "start it: watchkeeper sandbox up --detach"


def test_a_project_without_stacks_and_without_routing_is_asked_for_the_rest(stage: Stage) -> None:
    """Whoever has an infrastructure of their own keeps monitors alone: Datadog's keys are all they need."""
    shutil.rmtree(stage.root / "platform" / "routing")
    (stage.root / "app.py").unlink()

    found = list(examine(open_session(stage.root, "stage", environ=stage.environ)))

    assert {check.name for check in found} == {"declarations", "datadog", "datadog-aws", "pagerduty"}
    assert "missing" not in {check.state for check in found}


def test_local_is_asked_in_its_sandbox(stage: Stage) -> None:
    """With the sandbox's own keys and the account of `local`, whatever the shell says."""
    found = {check.name: check for check in examine(open_session(stage.root, "local", environ={}))}

    assert (found["sandbox"].state, found["aws"].told) == ("ok", "the credentials are of account 000000000000")
    assert found["stacks"].fix == 'eval "$(watchkeeper sandbox env)"; cdk deploy -c env=local --all'
    assert {found[name].state for name in ("datadog", "pagerduty", "slack")} <= {"ok", "note"}
