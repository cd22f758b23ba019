"""The CDK's own program, run against the emulated AWS and deaf to everything of the user's."""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from watchkeeper.errors import RemoteError, UsageError
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.clients import client

_LINES: Final = 12
_FAILED: Final = ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED")
_CONSEQUENCE: Final = ("Resource creation cancelled", "Resource update cancelled")
_ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
"""What CloudFormation may do in an account that trusts nobody else; one that does has to be told."""


@dataclass(frozen=True, slots=True)
class Cdk:
    """out: the assembly. folder: for the program's own files. It acts from the emulator's own account."""

    out: Path
    folder: Path
    emulator: AwsEmulator

    def bootstrap(self, account: str, region: str) -> None:
        """Make the bucket and the roles that every deploy needs, as an administrator of that account.

        An account that is not the emulator's own lets that one deploy into it.
        """
        home = self.emulator.account
        trust = [] if account == home else ["--trust", home, "--cloudformation-execution-policies", _ADMINISTRATOR]
        self._run(["bootstrap", f"aws://{account}/{region}", *trust], "cdk bootstrap", account)

    def deploy(self, *stacks: str) -> None:
        """Deploy the named stacks of the assembly and what they stand on, or all.

        Raises RemoteError that names the resource that failed and the reason; CloudFormation has rolled it back.
        """
        arguments = ["deploy", *(stacks or ("--all",)), "--require-approval", "never", "--no-asset-parallelism"]
        known = {event["EventId"] for stack in _stacks(self.out) for event in self._events(stack)}
        try:
            self._run(arguments, "cdk deploy")
        except UsageError as err:
            told = [line for stack in _stacks(self.out) for line in _failures(stack.name, self._events(stack), known)]
            if not told:
                raise
            raise RemoteError(
                "cdk deploy failed and was rolled back:\n" + "\n".join(f"  {each}" for each in told),
                host=self.emulator.url,
                fix="mend what is named and deploy again; what was deployed before is unchanged",
            ) from err

    def destroy(self, *stacks: str) -> None:
        """Destroy the named stacks and no other, or all of them. Raises UsageError with the program's last words."""
        # Without it the stacks that wait for the named ones would go as well.
        chosen = ["--exclusively", *stacks] if stacks else ["--all"]
        self._run(["destroy", *chosen, "--force"], "cdk destroy")

    def _events(self, stack: "_Stack") -> Iterator[Mapping[str, Any]]:
        """What CloudFormation did to a stack, the latest first; nothing where there is none."""
        cloudformation = client("cloudformation", self.emulator, stack.region, stack.account)
        try:
            for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack.name):
                yield from page["StackEvents"]
        except cloudformation.exceptions.ClientError:
            return

    def _environ(self, account: str) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **self.emulator.env(account),
            "CDK_HOME": str(self.folder / "cdk"),
            "HOME": str(home),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "true",
            "NO_COLOR": "1",
            "NODE_NO_WARNINGS": "1",
            "NO_PROXY": "*",
            "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        }

    def _run(self, arguments: Sequence[str], what: str, account: str = "") -> None:
        command = [*_program(), *arguments, "--no-notices", "-a", str(self.out)]
        run(command, self.folder, self._environ(account), what)


class _Stack(NamedTuple):
    name: str
    account: str
    region: str


def _stacks(out: Path) -> Iterator[_Stack]:
    """Every stack of an assembly."""
    artifacts: dict[str, dict[str, Any]] = json.loads((out / "manifest.json").read_text())["artifacts"]
    for artifact_id, artifact in sorted(artifacts.items()):
        if artifact["type"] == "aws:cloudformation:stack":
            account, region = artifact["environment"].removeprefix("aws://").split("/")
            yield _Stack(artifact["properties"].get("stackName", artifact_id), account, region)


def _failures(stack: str, events: Iterable[Mapping[str, Any]], known: Collection[str]) -> list[str]:
    """What failed in a stack that was rolled back, besides what is known: stack, resource, type, reason. Pure."""
    new = [event for event in events if event["EventId"] not in known]
    if not new or "ROLLBACK" not in new[0]["ResourceStatus"]:
        return []
    return [
        f"{stack}/{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', '')}"
        for event in new
        if event["ResourceType"] != "AWS::CloudFormation::Stack"
        and event["ResourceStatus"] in _FAILED
        and not event.get("ResourceStatusReason", "").startswith(_CONSEQUENCE)
    ]


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
        told = "\n  ".join(lines[-_LINES:])
        raise UsageError(f"{what} failed:\n  {told}", "mend what it says there")
