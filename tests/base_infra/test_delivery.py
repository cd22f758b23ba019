"""The stack that an administrator deploys once, and what a first deploy runs before any image exists."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.delivery.images import with_images
from watchkeeper.errors import UsageError
from watchkeeper.project.load import load_project
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.clients import client
from watchkeeper.sandbox.deploy import deploy

ACCOUNT, REGION = "000000000000", "eu-west-1"
ISSUER = "token.actions.githubusercontent.com"
Resources = Mapping[str, Any]


@pytest.fixture(scope="module")
def template(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Resources:
    os.environ.setdefault("JSII_NODE", str(root / ".venv" / "bin" / "node"))
    from base_infra.delivery import add_delivery
    from base_infra.environment import App

    app = App(outdir=str(tmp_path_factory.mktemp("delivery")), builtin_cloud_formation_validation=False)
    add_delivery(app, root)
    found: Resources = app.synth().get_stack_by_name("Delivery").template["Resources"]
    return found


def of(template: Resources, kind: str) -> dict[str, Any]:
    return {
        each["Properties"].get("RoleName") or each["Properties"].get("RepositoryName") or name: each["Properties"]
        for name, each in template.items()
        if each["Type"] == kind
    }


def statements(role: Any) -> list[Any]:
    return list(role["Policies"][0]["PolicyDocument"]["Statement"])


def actions(role: Any) -> set[str]:
    return {action for each in statements(role) for action in each["Action"]}


def text(value: Any) -> str:
    """An ARN with its partition written out."""
    return str(json.dumps(value)).replace('{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, "', '"arn:aws')


def test_tags_of_images_never_move_and_every_environment_pulls(template: Resources) -> None:
    """One repository for the one source folder."""
    (repository,) = of(template, "AWS::ECR::Repository").values()

    assert repository["RepositoryName"] == "lighthouse/examples-app"
    assert repository["ImageTagMutability"] == "IMMUTABLE"
    (pull,) = repository["RepositoryPolicyText"]["Statement"]
    assert pull["Action"] == [
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
    ]  # fmt: skip
    assert [number in text(pull["Principal"]) for number in ("1" * 12, "2" * 12, "3" * 12)] == [True] * 3


def test_each_role_trusts_one_github_environment_in_both_forms_of_subject(template: Resources) -> None:
    """Exactly: no wildcard, and the audience is checked."""
    roles = of(template, "AWS::IAM::Role")

    environments = {f"{env}{tail}" for env in ("dev", "stage", "prod") for tail in ("", "-compare")}
    assert set(roles) == {f"lighthouse-deliver-{name}" for name in environments | {"build"}}
    for name, role in roles.items():
        environment = name.removeprefix("lighthouse-deliver-")
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
        assert trust["Condition"] == {
            "StringEquals": {
                f"{ISSUER}:aud": "sts.amazonaws.com",
                f"{ISSUER}:sub": [
                    f"repo:example-org/lighthouse:environment:{environment}",
                    f"repo:example-org@1000001/lighthouse@2000002:environment:{environment}",
                ],
            }
        }


def test_an_account_that_knows_github_already_keeps_its_provider(root: Path, tmp_path: Path) -> None:
    """IAM takes one identity provider of each address; the roles then trust the one that is there."""
    from base_infra.delivery import add_delivery
    from base_infra.environment import App

    (tmp_path / "platform").mkdir()
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    declared = (root / "platform" / "delivery.yaml").read_text()
    declared = declared.replace("  repository: lighthouse\n", "  repository: lighthouse\n  provider: existing\n")
    (tmp_path / "platform" / "delivery.yaml").write_text(declared)
    app = App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    add_delivery(app, tmp_path)
    found: Resources = app.synth().get_stack_by_name("Delivery").template["Resources"]

    assert of(found, "AWS::IAM::OIDCProvider") == {}
    for role in of(found, "AWS::IAM::Role").values():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert text(trust["Principal"]["Federated"]).endswith(f':iam::444444444444:oidc-provider/{ISSUER}"]]}}')


def test_credentials_of_a_deploy_last_two_hours_and_others_one(template: Resources) -> None:
    """A first deploy waits most of an hour for a broker; whoever only looks or builds is sooner done."""
    lasts = {name: role["MaxSessionDuration"] for name, role in of(template, "AWS::IAM::Role").items()}

    assert {name.removeprefix("lighthouse-deliver-") for name, s in lasts.items() if s == 7200} == {
        "dev", "stage", "prod",
    }  # fmt: skip
    assert set(lasts.values()) == {3600, 7200}


def test_a_role_reaches_its_own_environments_account_only(template: Resources) -> None:
    """By way of the roles of the CDK's bootstrap; comparing looks, and deploys nothing."""
    accounts = {"dev": "1" * 12, "stage": "2" * 12, "prod": "3" * 12}
    roles = of(template, "AWS::IAM::Role")
    assert "sts:AssumeRole" not in actions(roles.pop("lighthouse-deliver-build"))
    for name, role in roles.items():
        env, _, compares = name.removeprefix("lighthouse-deliver-").partition("-")
        (assume,) = (each for each in statements(role) if each["Action"] == ["sts:AssumeRole"])
        found = text(assume["Resource"])
        assert accounts[env] in found
        assert not any(number in found for other, number in accounts.items() if other != env)
        assert ("deploy-role" in found) == (not compares)


def test_only_the_build_pushes_images(template: Resources) -> None:
    """It reaches no environment, and no environment's role can change an image."""
    pushing = [name for name, role in of(template, "AWS::IAM::Role").items() if "ecr:PutImage" in actions(role)]

    assert pushing == ["lighthouse-deliver-build"]


def test_no_role_may_do_anything_with_everything(template: Resources) -> None:
    """Signing in to the registry is the one action that knows no resource."""
    for role in of(template, "AWS::IAM::Role").values():
        wide = [each["Action"] for each in statements(role) if "*" in each["Resource"]]
        assert wide == [["ecr:GetAuthorizationToken"]]


@pytest.mark.parametrize("images", ["no JSON", "[1]", '{"api": 1}'])
def test_wrong_images_are_refused_with_a_sentence(images: str) -> None:
    """Before anything is synthesized."""
    from base_infra.delivery import read_images
    from base_infra.environment import App

    with pytest.raises(UsageError, match="no JSON object"):
        read_images(App(context={"images": images}))


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """This project with its registry in the emulated account."""
    for name in ("app.py", "cdk.json", "cdk.context.json", "watchkeeper.yaml"):
        shutil.copy(root / name, tmp_path)
    for name in ("base_infra", "autoscaling"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "platform").mkdir()
    for file in (root / "platform").glob("*.yaml"):
        file_text = file.read_text().replace('"444444444444"', f'"{ACCOUNT}"')
        (tmp_path / "platform" / file.name).write_text(file_text)
    return tmp_path


@pytest.fixture
def emulator(project: Path) -> Iterator[AwsEmulator]:
    running = AwsEmulator(project / ".watchkeeper" / "aws", account=ACCOUNT, region=REGION, hosts={})
    running.start()
    try:
        yield running
    finally:
        running.stop()


def deployed_images(emulator: AwsEmulator) -> dict[str, str]:
    """The image of each service's own container, as ECS has it."""
    ecs = client("ecs", emulator, REGION)
    found = {}
    for cluster in ecs.list_clusters()["clusterArns"]:
        arns = ecs.list_services(cluster=cluster)["serviceArns"]
        for service in ecs.describe_services(cluster=cluster, services=arns)["services"]:
            task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
            name = service["serviceName"]
            (found[name],) = (each["image"] for each in task["containerDefinitions"] if each["name"] == name)
    return found


def deployed_version(emulator: AwsEmulator, name: str) -> str:
    """What the service's own container is told to be."""
    ecs = client("ecs", emulator, REGION)
    (service,) = ecs.describe_services(cluster="lighthouse-local", services=[name])["services"]
    task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    (container,) = (each for each in task["containerDefinitions"] if each["name"] == name)
    return next(str(each["value"]) for each in container["environment"] if each["name"] == "DD_VERSION")


@pytest.mark.emulator
def test_the_first_deploy_runs_the_placeholder_and_the_next_one_the_digest(
    project: Path, emulator: AwsEmulator
) -> None:
    """Delivery, then an environment from an empty registry, then one image, then the environment again."""
    delivery = deploy(project, emulator, "local", ACCOUNT, REGION, {"stack": "delivery"})
    assert delivery.total >= 8
    declared = load_project(project).environment("local")
    registry = client("ecr", emulator, REGION)
    assert registry.list_images(repositoryName="lighthouse/examples-app")["imageIds"] == []

    deploy(project, emulator, "local", ACCOUNT, REGION)
    placeholders = {service.id: service.image for service in declared.services}
    assert deployed_images(emulator) == placeholders

    manifest = json.dumps({"schemaVersion": 2, "config": {}, "layers": []})
    tag = "tree-" + "b" * 40
    made = registry.put_image(repositoryName="lighthouse/examples-app", imageManifest=manifest, imageTag=tag)["image"]
    digest = made["imageId"]["imageDigest"]
    pinned = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/lighthouse/examples-app@{digest}"
    images = {"images": {"api": pinned}, "versions": {"api": "c" * 40}}
    assert with_images(load_project(project), images["images"]).environment("local").service("api").image == pinned

    deploy(project, emulator, "local", ACCOUNT, REGION, {"images": json.dumps(images)})
    assert deployed_images(emulator) == {**placeholders, "api": pinned}
    assert deployed_version(emulator, "api") == "c" * 40
