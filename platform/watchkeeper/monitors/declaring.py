"""What every kind of entry below `monitors/` says alike: its id, its team, its tags, its former names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from watchkeeper.errors import Problem, did_you_mean
from watchkeeper.project.identity import MAX_LENGTH, Identity
from watchkeeper.project.model import Project
from watchkeeper.project.templates import Entry

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
RESERVED: Final = ("env", "service", "team", "managed_by", "watchkeeper_id")
"""Keys of tags that watchkeeper sets itself."""


class Named(Protocol):
    """A declaration as it was read."""

    @property
    def id(self) -> str:
        """Its name within the service."""

    @property
    def team(self) -> str | None:
        """The team that is said; None for the service's own."""

    @property
    def tags(self) -> Sequence[str]:
        """Further tags."""


def naming_problems(found: Named, identity: Identity, entry: Entry, project: Project, what: str) -> Iterator[Problem]:
    """What is wrong with id, team and tags. what: names the kind, such as `a monitor`."""
    if not _ID.fullmatch(found.id):
        fix = "use lower-case letters, digits and `-`, at most 64"
        yield Problem(f"`{found.id}` cannot be the id of {what}", entry.where("id"), fix=fix, rule="name")
    if len(identity.tag) > MAX_LENGTH:
        fix = "shorten the id"
        yield Problem(f"the tag `{identity.tag}` is longer than {MAX_LENGTH}", entry.where("id"), fix=fix, rule="name")
    if found.team is not None and found.team not in project.teams:
        fix = did_you_mean(found.team, project.teams) or "declare it in watchkeeper.yaml"
        yield Problem(f"unknown team `{found.team}`", entry.where("team"), fix=fix, rule="unknown-reference")
    for index, tag in enumerate(found.tags):
        if tag.split(":")[0] in RESERVED:
            fix = "remove it; watchkeeper sets this tag itself"
            yield Problem(f"the tag `{tag}` is reserved", entry.where("tags", index), fix=fix, rule="reserved-tag")


def team_of(entry: Entry) -> str:
    """The team of the service that an entry was repeated for, or an empty text."""
    team = entry.names.get("team")
    return str(team["id"]) if isinstance(team, Mapping) else ""


def former(name: str, identity: Identity) -> Identity:
    """A former name: an id of the same service, or `service/id`."""
    service, _, plain = name.rpartition("/")
    return Identity(identity.project, identity.env, service or identity.service, plain)
