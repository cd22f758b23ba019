"""`watchkeeper forwarding permissions`: what Datadog's role may do, against Datadog's list and the deployed role."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from watchkeeper.adapters.aws.role import RoleReader
from watchkeeper.adapters.aws.session import aws_client
from watchkeeper.adapters.endpoints import Target
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError
from watchkeeper.forwarding.load import load_forwarding
from watchkeeper.forwarding.model import Integration
from watchkeeper.forwarding.permissions import Permissions, Snapshot, lacking, permissions_of, snapshot


@dataclass(frozen=True, slots=True)
class Compared:
    """profile: of the file. beyond: what Datadog's standard list has besides.

    missing, surplus: of the deployed role against the profile; None where it was not asked for.
    added, gone: of a newer list against the snapshot; None where none was given.
    """

    role: str
    profile: str
    granted: Permissions
    known: Snapshot
    beyond: tuple[str, ...]
    missing: tuple[str, ...] | None = None
    surplus: tuple[str, ...] | None = None
    added: tuple[str, ...] | None = None
    gone: tuple[str, ...] | None = None

    @property
    def has_drift(self) -> bool:
        """Whether the deployed role or Datadog's list has moved away."""
        return any((self.missing, self.surplus, self.added, self.gone))

    def to_json(self, env: str) -> dict[str, Any]:
        """The document of `--json`."""
        return {
            "schema_version": 1,
            "env": env,
            "role": self.role,
            "profile": self.profile,
            "granted": list(self.granted.actions),
            "snapshot": {"source": self.known.source, "as_of": self.known.as_of},
            "not_granted": list(self.beyond),
            "deployed": None
            if self.missing is None
            else {"missing": list(self.missing), "surplus": list(self.surplus or ())},
            "newer": None if self.added is None else {"added": list(self.added), "gone": list(self.gone or ())},
        }


def compare_permissions(session: Session, *, is_deployed: bool, newer: Path | None) -> Compared:
    """is_deployed: read the role in the account. newer: a list as Datadog's API answers it.

    Raises ConfigError for platform/forwarding.yaml, UsageError for a list that cannot be read, RemoteError.
    """
    declared = load_forwarding(session.project).integration or Integration()
    granted, known = permissions_of(declared.permissions), snapshot()
    beyond = tuple(lacking(granted.actions, known.standard))
    found = Compared(declared.role, declared.permissions, granted, known, beyond)
    if is_deployed:
        target = Target(session.project, session.environment, session.environ, session.allow_loopback)
        environment = session.environment
        client = aws_client(target, "iam", account=environment.account, region=environment.region)
        actions = RoleReader(client).actions(declared.role)
        missing, surplus = lacking(actions, granted.actions), lacking(granted.actions, actions)
        found = replace(found, missing=tuple(missing), surplus=tuple(surplus))
    if newer is not None:
        added, gone = _moved(known, set(_listed(newer)))
        found = replace(found, added=added, gone=gone)
    return found


def _moved(known: Snapshot, listed: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a newer list has besides, and what it has no more. A list of one of the two kinds tells of that kind."""
    collected = {action for chunk in known.resource_collection for action in chunk}
    standard = set(known.standard)
    # The two kinds share some actions: a list tells of a kind when it holds most of it.
    told = {each for kind in (standard, collected) if len(listed & kind) * 2 > len(kind) for each in kind}
    return tuple(sorted(listed - standard - collected)), tuple(sorted(told - listed))


def _listed(path: Path) -> Iterator[str]:
    """The actions of a file: Datadog's answer with its list in it, in chunks or not, or the list alone."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise UsageError(f"{path} holds no JSON: {err}", "save what Datadog's API answered") from err
    if isinstance(data, dict):
        for key in ("data", "attributes", "permissions"):
            data = data.get(key) if isinstance(data, dict) else None
    if not isinstance(data, list):
        raise UsageError(f"{path} holds no list of permissions", "save what Datadog's API answered")
    for each in data:
        if isinstance(each, list):
            yield from (str(action) for action in each)
        else:
            yield str(each)
