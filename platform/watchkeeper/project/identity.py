"""Who a remote object is: `<project>/<env>/<service or _>/<id>`.

Nothing holds state between runs; the identity lives on the remote object itself, as tags where an object has tags,
else as a marker in the last line of its description.
"""

import re
from dataclasses import dataclass
from typing import Final

MANAGED_TAG: Final = "managed_by:watchkeeper"
IDENTITY_TAG: Final = "watchkeeper_id:"
MAX_LENGTH: Final = 200
"""Of the identity tag; Datadog cuts tags at 200 characters."""

_PART: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*|_")
_MARKER: Final = re.compile(r"\[watchkeeper:([a-z0-9][a-z0-9_./-]*)\]\s*\Z")


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """The name of a declared object, equal in every run. service: empty when it belongs to none."""

    project: str
    env: str
    service: str
    id: str

    def __str__(self) -> str:
        return f"{self.project}/{self.env}/{self.service or '_'}/{self.id}"

    @property
    def short(self) -> str:
        """As people say it inside one environment: `api/edge-5xx`, or `pipe-silent` where there is no service."""
        return f"{self.service}/{self.id}" if self.service else self.id

    @property
    def tag(self) -> str:
        """The tag that carries the identity."""
        return f"{IDENTITY_TAG}{self}"

    @property
    def marker(self) -> str:
        """The line that carries the identity where an object has no tags."""
        return f"[watchkeeper:{self}]"


def parse_identity(text: str) -> Identity | None:
    """The identity that `text` spells, or None."""
    parts = text.split("/")
    if len(parts) != 4 or not all(_PART.fullmatch(part) for part in parts):  # noqa: PLR2004 - the four of the form
        return None
    project, env, service, name = parts
    return Identity(project, env, "" if service == "_" else service, name)


def identity_in_tags(tags: list[str]) -> Identity | None:
    """The identity among the tags of a remote object, if it is managed."""
    if MANAGED_TAG not in tags:
        return None
    for tag in tags:
        if tag.startswith(IDENTITY_TAG):
            return parse_identity(tag.removeprefix(IDENTITY_TAG))
    return None


def identity_in_text(text: str | None) -> Identity | None:
    """The identity in the last line of a description, if there is one."""
    found = _MARKER.search(text or "")
    return parse_identity(found[1]) if found else None


def with_marker(text: str, identity: Identity) -> str:
    """A description that ends with the marker line."""
    body = text.rstrip()
    return f"{body}\n{identity.marker}" if body else identity.marker


def without_marker(text: str | None) -> str:
    """A description without its marker line."""
    return _MARKER.sub("", text or "").rstrip()


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """Stands in a desired body for the remote id of another declared object; replaced when that id is known.

    kind: the name of the object's kind, such as "schedule".
    """

    kind: str
    identity: Identity

    def __str__(self) -> str:
        return f"({self.kind} {self.identity.short})"


@dataclass(frozen=True, slots=True)
class RefText:
    """A text in which remote ids will stand, such as a query that names another object.

    parts: plain text and references, in their order.
    """

    parts: tuple[str | Ref, ...]

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)
