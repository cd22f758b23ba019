"""`cdk bootstrap` and `cdk deploy` of an environment into the emulated AWS, judged by what is there afterwards."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import boto3

from watchkeeper.errors import RemoteError, UsageError
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.judge.check import Judgement, judge

_FOLDER: Final = ".watchkeeper"
_LINES: Final = 12


def synthesize(root: Path, env: str) -> Path:
    """Run the project's CDK app; gives the assembly's folder. Raises UsageError with its last words."""
    if not (root / "app.py").exists():
        raise UsageError("there is no app.py in the project", "run it where app.py and cdk.json stand")
    out = root.resolve() / _FOLDER / "cdk.out"
    shutil.rmtree(out, ignore_errors=True)  # stacks of an earlier run would be judged as missing
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


def deploy(root: Path, emulator: AwsEmulator, env: str, account: str, region: str) -> Judgement:
    """Bootstrap and deploy with the CDK's own program, and judge what is there.

    Raises UsageError, or RemoteError when something is missing or is not as the templates say.
    """
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
    found = judge(out, partial(client, emulator=emulator, region=region), account, region)
    if found.mismatches:
        told = "\n".join(f"  {mismatch}" for mismatch in found.mismatches[:_LINES])
        raise RemoteError(f"{len(found.mismatches)} resources are not as the templates say:\n{told}", host=emulator.url)
    return found


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
