"""`cdk bootstrap` and `cdk deploy` of an environment into the emulated AWS, judged by what is there afterwards."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3

from watchkeeper.errors import RemoteError, UsageError
from watchkeeper.sandbox.aws import AwsEmulator

_FOLDER: Final = ".watchkeeper"
_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class Deployed:
    """resources: of each stack, in the order of their deployment."""

    resources: Mapping[str, int]

    @property
    def total(self) -> int:
        """Resources of all stacks."""
        return sum(self.resources.values())


def synthesize(root: Path, env: str) -> Path:
    """Run the project's CDK app; gives the assembly's folder. Raises UsageError with its last words."""
    if not (root / "app.py").exists():
        raise UsageError("there is no app.py in the project", "run it where app.py and cdk.json stand")
    out = root.resolve() / _FOLDER / "cdk.out"
    environ = {
        **os.environ,
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps({**_context(root), "env": env}),
        "CDK_VALIDATION": "false",
        "CDK_DISABLE_STACK_TRACE": "1",
        "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    _run([sys.executable, "app.py"], root, environ, "synthesizing the stacks")
    return out


def _context(root: Path) -> dict[str, Any]:
    """What `cdk` would hand to the app."""
    found: dict[str, Any] = {}
    for name, key in (("cdk.context.json", None), ("cdk.json", "context")):
        path = root / name
        if path.exists():
            data = json.loads(path.read_text())
            found |= data.get(key, {}) if key else data
    return found


def deploy(root: Path, emulator: AwsEmulator, env: str, account: str, region: str) -> Deployed:
    """Bootstrap and deploy with the CDK's own program. Raises UsageError, or RemoteError when something is missing."""
    out = synthesize(root, env)
    folder = root.resolve() / _FOLDER
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **emulator.env(),
        "CDK_HOME": str(folder / "cdk"),
        "HOME": str(folder / "home"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CI": "true",
        "NO_COLOR": "1",
        "NODE_NO_WARNINGS": "1",
        "NO_PROXY": "*",
        "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    (folder / "home").mkdir(exist_ok=True)
    common = ["--no-notices", "-a", str(out)]
    _run([*_cdk(), "bootstrap", f"aws://{account}/{region}", *common], root, environ, "cdk bootstrap")
    arguments = ["deploy", "--all", "--require-approval", "never", "--no-asset-parallelism", *common]
    _run([*_cdk(), *arguments], root, environ, "cdk deploy")
    return judge(out, emulator, region)


def _cdk() -> list[str]:
    program = Path(sys.prefix) / "bin" / "cdk"
    if not program.exists():
        raise UsageError("the CDK's program is not installed", "run `make setup` in the checkout")
    return [str(Path(sys.prefix) / "bin" / "node"), str(program.resolve())]


def _run(command: list[str], root: Path, environ: Mapping[str, str], what: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own programs
        command, cwd=root, env=dict(environ), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise UsageError(f"{what} failed", "\n".join(lines[-_LINES:]))


def client(service: str, emulator: AwsEmulator, region: str) -> Any:  # noqa: ANN401 - boto3 has no types
    """A boto3 client of the emulated AWS, deaf to the user's own settings."""
    env = emulator.env()
    session = boto3.session.Session(
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        region_name=region,
    )
    config = boto3.session.Config(proxies={}, retries={"total_max_attempts": 2})
    return session.client(service, endpoint_url=emulator.url, config=config)


def judge(out: Path, emulator: AwsEmulator, region: str) -> Deployed:
    """Compare the resources that exist with the templates. Raises RemoteError that names what is missing."""
    cloudformation = client("cloudformation", emulator, region)
    found = {}
    missing = []
    for template in sorted(out.glob("*.template.json")):
        stack = template.name.removesuffix(".template.json")
        wanted = json.loads(template.read_text())["Resources"]
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        there = {
            each["LogicalResourceId"]
            for page in pages
            for each in page["StackResourceSummaries"]
            if each["ResourceStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        }
        missing += [f"{stack}/{name}" for name in wanted if name not in there]
        found[stack] = len(wanted)
    if missing:
        raise RemoteError(f"not deployed: {', '.join(missing)}", host=emulator.url)
    return Deployed(found)
