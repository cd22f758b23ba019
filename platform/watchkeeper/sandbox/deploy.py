"""`cdk bootstrap` and `cdk deploy` of an environment into the emulated AWS, judged by what is there afterwards."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from watchkeeper.errors import RemoteError, UsageError
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.cdk import Cdk, run
from watchkeeper.sandbox.clients import client
from watchkeeper.sandbox.judge.check import Judgement, judge

_FOLDER: Final = ".watchkeeper"
_LINES: Final = 12


def synthesize(
    root: Path,
    env: str,
    out: Path | None = None,
    variables: Mapping[str, str] | None = None,
    context: Mapping[str, str] | None = None,
) -> Path:
    """Run the project's CDK app; gives the assembly's folder. Raises UsageError with its last words.

    out: where the assembly goes; the folder from which the sandbox deploys where it is left out. variables: of the
    process, besides this one's. context: further values, as `-c NAME=VALUE` gives them.
    """
    if not (root / "app.py").exists():
        raise UsageError("there is no app.py in the project", "run it where app.py and cdk.json stand")
    out = out or root.resolve() / _FOLDER / "cdk.out"
    shutil.rmtree(out, ignore_errors=True)  # stacks of an earlier run would be judged as missing
    environ = {
        **os.environ,
        **(variables or {}),
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps({**_context(root), "env": env, **(context or {})}),
        "CDK_VALIDATION": "false",
        "CDK_DISABLE_STACK_TRACE": "1",
        "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    run([sys.executable, "app.py"], root, environ, "synthesizing the stacks")
    return out


def _context(root: Path) -> dict[str, Any]:
    """What `cdk` would hand to the app."""
    found: dict[str, Any] = {}
    for name, key in (("cdk.context.json", None), ("cdk.json", "context")):
        path = root / name
        if path.exists():
            try:
                data = json.loads(path.read_text(encoding="utf-8"))
                found |= data.get(key, {}) if key else data
            except (OSError, ValueError, AttributeError, TypeError) as err:
                raise UsageError(f"{name} cannot be read: {err}", "mend the JSON, one object") from err
    return found


def deploy(
    root: Path, emulator: AwsEmulator, env: str, account: str, region: str, context: Mapping[str, str] | None = None
) -> Judgement:
    """Bootstrap and deploy with the CDK's own program, and judge what is there.

    Raises UsageError, or RemoteError when a resource failed, is missing, or is not as the templates say.
    """
    out = synthesize(root, env, context=context)
    ask = partial(client, emulator=emulator, region=region)
    cdk = Cdk(out, root.resolve() / _FOLDER, emulator)
    cdk.bootstrap(account, region)
    cdk.deploy()
    found = judge(out, ask, account, region)
    if found.mismatches:
        told = "\n".join(f"  {mismatch}" for mismatch in found.mismatches[:_LINES])
        raise RemoteError(f"{len(found.mismatches)} resources are not as the templates say:\n{told}", host=emulator.url)
    return found
