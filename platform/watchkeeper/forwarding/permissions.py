"""What Datadog's role may do: three profiles, and a dated snapshot of Datadog's own list to compare them with.

scoped: what this topology's metrics and tags need; reads alone. standard: Datadog's own base list, which also writes
(triggers of logs, notifications of buckets). full: with what its resource collection reads, and AWS's SecurityAudit.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Final

from watchkeeper.forwarding.model import Profile
from watchkeeper.project.source import parse_document

SCOPED: Final = (
    "cloudwatch:Get*",
    "cloudwatch:List*",
    "ec2:Describe*",
    "ecs:Describe*",
    "ecs:List*",
    "elasticloadbalancing:Describe*",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:DescribeSubscriptionFilters",
    "oam:ListAttachedLinks",
    "oam:ListSinks",
    "rds:Describe*",
    "rds:List*",
    "tag:GetResources",
    "tag:GetTagKeys",
    "tag:GetTagValues",
)
SECURITY_AUDIT: Final = "iam::aws:policy/SecurityAudit"
"""AWS's managed policy that Datadog's template attaches for resource collection."""
_FILE: Final = "datadog_permissions.yaml"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Datadog's list. as_of: YYYY-MM-DD. resource_collection: in chunks, each one managed policy."""

    source: str
    as_of: str
    standard: tuple[str, ...]
    resource_collection: tuple[tuple[str, ...], ...]


@cache
def snapshot() -> Snapshot:
    """The list that comes with this version."""
    text = (files("watchkeeper.forwarding") / "data" / _FILE).read_text()
    data = parse_document(text, _FILE).data
    chunks = tuple(tuple(chunk) for chunk in data["resource_collection"])
    return Snapshot(data["source"], str(data["as_of"]), tuple(data["standard"]), chunks)


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a profile grants. inline: the role's own policy. chunks: a managed policy each."""

    inline: tuple[str, ...]
    chunks: tuple[tuple[str, ...], ...] = ()
    has_security_audit: bool = False

    @property
    def actions(self) -> tuple[str, ...]:
        """All of them, sorted, each once."""
        return tuple(sorted({*self.inline, *(action for chunk in self.chunks for action in chunk)}))


def permissions_of(profile: Profile) -> Permissions:
    """What the profile grants."""
    if profile == "scoped":
        return Permissions(SCOPED)
    known = snapshot()
    if profile == "standard":
        return Permissions(known.standard)
    return Permissions(known.standard, known.resource_collection, has_security_audit=True)


def lacking(granted: Iterable[str], wanted: Collection[str]) -> list[str]:
    """What is wanted and not granted, sorted. An action with `*` is granted by the same or a wider pattern."""
    patterns = [each.lower() for each in granted]
    return sorted(each for each in wanted if not any(_covers(pattern, each.lower()) for pattern in patterns))


def _covers(pattern: str, action: str) -> bool:
    # `*` of the wanted action is a character like others: `ec2:*` covers `ec2:Describe*`, the reverse does not hold.
    return fnmatchcase(action, pattern.replace("[", "[[]"))
