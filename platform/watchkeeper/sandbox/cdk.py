"""The CDK's own program, run against the emulated AWS and deaf to everything of the user's."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from watchkeeper.errors import RemoteError, UsageError
from watchkeeper.sandbox.aws import AwsEmulator

_LINES: Final = 12
_FAILED: Final = ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED")
_CONSEQUENCE: Final = ("Resource creation cancelled", "Resource update cancelled")


@dataclass(frozen=True, slots=True)
class Cdk:
    """out: the assembly. folder: for the program's own files. client: boto3's client of a service."""

    out: Path
    folder: Path
    emulator: AwsEmulator
    client: Callable[[str], Any]

    def bootstrap(self, account: str, region: str) -> None:
        """Make the bucket and the roles that every deploy needs."""
        self._run(["bootstrap", f"aws://{account}/{region}"], "cdk bootstrap")

    def deploy(self) -> None:
        """Deploy every stack of the assembly.

        Raises RemoteError that names the resource that failed and the reason; CloudFormation has rolled it back.
        """
        arguments = ["deploy", "--all", "--require-approval", "never", "--no-asset-parallelism"]
        try:
            self._run(arguments, "cdk deploy")
        except UsageError as err:
            told = self._failures()
            if not told:
                raise
            raise RemoteError(
                "cdk deploy failed and was rolled back:\n" + "\n".join(f"  {each}" for each in told),
                host=self.emulator.url,
                fix="mend what is named and deploy again; what was deployed before is unchanged",
            ) from err

    def destroy(self, *stacks: str) -> None:
        """Destroy the named stacks, or all of them. Raises UsageError with the program's last words."""
        self._run(["destroy", *(stacks or ("--all",)), "--force"], "cdk destroy")

    def _failures(self) -> list[str]:
        """What failed in the latest operation of each stack that was rolled back: stack, resource, type, reason."""
        cloudformation = self.client("cloudformation")
        found = []
        for template in sorted(self.out.glob("*.template.json")):
            stack = template.name.removesuffix(".template.json")
            try:
                pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
                events = [event for page in pages for event in page["StackEvents"]]
            except cloudformation.exceptions.ClientError:
                continue
            if events and "ROLLBACK" not in events[0]["ResourceStatus"]:
                continue
            for event in events:
                is_stack = event["ResourceType"] == "AWS::CloudFormation::Stack"
                if is_stack and event["ResourceStatus"] in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
                    break
                reason = event.get("ResourceStatusReason", "")
                if not is_stack and event["ResourceStatus"] in _FAILED and not reason.startswith(_CONSEQUENCE):
                    found.append(f"{stack}/{event['LogicalResourceId']} ({event['ResourceType']}): {reason}")
        return found

    def _environ(self) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **self.emulator.env(),
            "CDK_HOME": str(self.folder / "cdk"),
            "HOME": str(home),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "true",
            "NO_COLOR": "1",
            "NODE_NO_WARNINGS": "1",
            "NO_PROXY": "*",
            "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        }

    def _run(self, arguments: Sequence[str], what: str) -> None:
        run([*_program(), *arguments, "--no-notices", "-a", str(self.out)], self.folder, self._environ(), what)


def _program() -> list[str]:
    program = Path(sys.prefix) / "bin" / "cdk"
    if not program.exists():
        raise UsageError("the CDK's program is not installed", "run `make setup` in the checkout")
    return [str(Path(sys.prefix) / "bin" / "node"), str(program.resolve())]


def run(command: Sequence[str], folder: Path, environ: Mapping[str, str], what: str) -> None:
    """Run one of our own programs to its end. Raises UsageError with its last words."""
    done = subprocess.run(  # noqa: S603 - our own programs
        command, cwd=folder, env=dict(environ), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise UsageError(f"{what} failed", "\n".join(lines[-_LINES:]))
