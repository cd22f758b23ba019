"""An emulated AWS with this project's templates, put into it by CloudFormation's own API; a Datadog and its client."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from datadog_api_client import ApiClient, Configuration

from tests.base_infra.conftest import synthesize as synthesize_text
from tests.sandboxes import NOW
from watchkeeper.sandbox import clients
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.deploy import synthesize
from watchkeeper.sandbox.judge.check import Mismatch, judge
from watchkeeper.sandbox.serving import Server

REGION = "eu-west-1"
ACCOUNTS = {"local": "000000000000", "prod": "333333333333"}
VARIANTS = {
    "gradual": """\
    broker: {kind: provisioned}
    edge: {waf: block}
    database: {min_acu: 0, max_acu: 8, is_protected: false}
    services:
      api: {deployment: {strategy: canary, percent: 20, bake_minutes: 7}}
      reports: {deployment: {strategy: linear, percent: 25, bake_minutes: 3}}
""",
    "serverless": "    broker: {kind: serverless}\n",
}
"""`local` with what none of the declared environments has."""
_CLIENTS: dict[tuple[str, str, str], Any] = {}
_LAYERS = ("Foundation", "Data", "Broker", "Edge", "Service", "Forwarding")


class Emulated:
    """One running emulator. assemblies: the templates of an environment, synthesized once."""

    def __init__(self, emulator: AwsEmulator, assemblies: Callable[[str], Path]) -> None:
        self.emulator = emulator
        self.assembly = assemblies

    def client(self, service: str, env: str = "local") -> Any:
        """boto3 in the account of an environment; that of `local` for its variants."""
        key = (self.emulator.url, service, env)
        if key not in _CLIENTS:
            _CLIENTS[key] = clients.client(service, self.emulator, REGION, _account(env))
        return _CLIENTS[key]

    def mismatches(self, out: Path, env: str = "local") -> tuple[Mismatch, ...]:
        """What is not as the templates say."""
        return judge(out, lambda service: self.client(service, env), _account(env), REGION).mismatches

    def deploy(self, env: str = "local", out: Path | None = None) -> Path:
        """Every stack of an environment, in order, whatever becomes of it; gives the folder of the templates.

        out: that folder, where it is not this project's own.
        """
        out = out or self.assembly(env)
        self._bootstrap(env, out)
        cloudformation = self.client("cloudformation", env)
        for template in sorted(out.glob("*.template.json"), key=_order):
            name = template.name.removesuffix(".template.json")
            # Without white space: a template in the request itself may have 51,200 bytes.
            body = json.dumps(json.loads(template.read_text()), separators=(",", ":"))
            cloudformation.create_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
            while cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"].endswith("IN_PROGRESS"):
                pass
            if cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] != "CREATE_COMPLETE":
                break
        return out

    def _bootstrap(self, env: str, out: Path) -> None:
        """What `cdk bootstrap` leaves behind, as far as the templates use it."""
        account = _account(env)
        bucket = f"cdk-hnb659fds-assets-{account}-{REGION}"
        s3 = self.client("s3", env)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.client("ssm", env).put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
        for file in out.glob("*.assets.json"):
            for key, asset in json.loads(file.read_text())["files"].items():
                source = out / asset["source"]["path"]
                if source.is_dir():
                    s3.put_object(Bucket=bucket, Key=f"{key}.zip", Body=_zipped(source))


def _account(env: str) -> str:
    return ACCOUNTS.get(env, ACCOUNTS["local"])


def _order(template: Path) -> tuple[int, str]:
    layer = template.name.split(".")[0].split("-")[1]
    return _LAYERS.index(layer) if layer in _LAYERS else len(_LAYERS), template.name


def _zipped(folder: Path) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder))
    return target.getvalue()


@pytest.fixture(scope="session")
def assemblies(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Synthesizes an environment of this project, or a variant, once."""
    found: dict[str, Path] = {}

    def synthesized(env: str) -> Path:
        if env in VARIANTS and env not in found:
            found[env] = _variant(root, env, tmp_path_factory.mktemp(f"synth-{env}"))
        if env not in found:
            project = tmp_path_factory.mktemp(f"synth-{env}")
            for name in ("app.py", "cdk.json", "cdk.context.json", "watchkeeper.yaml"):
                shutil.copy(root / name, project)
            for name in ("base_infra", "autoscaling", "platform/routing"):
                shutil.copytree(root / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
            shutil.copy(root / "platform" / "forwarding.yaml", project / "platform")
            found[env] = synthesize(project, env)
        return found[env]

    return synthesized


def _variant(root: Path, name: str, project: Path) -> Path:
    """No service scales on requests: a gradual deployment would be refused."""
    (project / "autoscaling").mkdir()
    (project / "platform").mkdir()
    shutil.copy(root / "platform" / "forwarding.yaml", project / "platform")
    for service in ("api", "reports"):
        policy = "{id: cpu, metric: ECSServiceAverageCPUUtilization, target: 50}"
        scaling = f"service: {service}\nmin: 2\nmax: 4\npolicies: [{policy}]\n"
        (project / "autoscaling" / f"{service}.yaml").write_text(scaling)
    head, found, tail = (root / "watchkeeper.yaml").read_text().partition("\n  local:")
    before, own, after = tail.partition("    database: {min_acu: 0.5, max_acu: 16, is_protected: false}\n")
    assert found
    assert own
    declared = VARIANTS[name] if "database:" in VARIANTS[name] else VARIANTS[name] + own
    synthesize_text(head + found + before + declared + after, "local", project / "out", root=project)
    return project / "out"


@pytest.fixture(scope="session")
def running_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    emulator = AwsEmulator(tmp_path_factory.mktemp("aws"), account=ACCOUNTS["local"], region=REGION, hosts={})
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def emulated(running_emulator: AwsEmulator, assemblies: Callable[[str], Path]) -> Emulated:
    """An empty emulator."""
    running_emulator.reset()
    return Emulated(running_emulator, assemblies)


@pytest.fixture
def datadog() -> DatadogSandbox:
    """The stand-in alone, empty, at the instant `tests.sandboxes.NOW`."""
    return DatadogSandbox(Clock(NOW), api_key="key", app_key="app")


@pytest.fixture
def client(datadog: DatadogSandbox) -> Iterator[ApiClient]:
    """Datadog's own library, speaking to it over HTTP."""
    with Server(datadog.app) as server:
        configuration = Configuration(host=server.url, api_key={"apiKeyAuth": "key", "appKeyAuth": "app"})
        with ApiClient(configuration) as api:
            yield api
            api.rest_client.pool_manager.clear()
