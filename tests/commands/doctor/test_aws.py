"""What the doctor asks of AWS, and the key that `forwarding key` puts there."""

import json
import shutil
import subprocess

import pytest

from tests.commands.doctor.conftest import (
    ACCOUNT,
    ARN,
    CERTIFICATE,
    DESCRIPTION,
    INSIDE,
    REGION,
    TAGS,
    Stage,
    run,
)

pytestmark = pytest.mark.emulator


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
