"""`watchkeeper delivery images`: which images of a commit the registry has, by digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.adapters.aws.registry import EcrRegistry
from watchkeeper.adapters.aws.session import aws_client
from watchkeeper.adapters.git import Git
from watchkeeper.commands.session import Session
from watchkeeper.delivery.images import Image, built_by, images, sources
from watchkeeper.delivery.model import Delivery, load_delivery


@dataclass(frozen=True, slots=True)
class FoundImages:
    """pinned: service to `host/repository@digest`. versions: service to the commit that built its image.

    missing: images that have to be built.
    """

    commit: str
    host: str
    pinned: Mapping[str, str]
    versions: Mapping[str, str]
    missing: tuple[Image, ...]

    def to_json(self) -> dict[str, Any]:
        """One document; `name` is what to build and push."""
        missing = [
            {"source": image.source, "name": f"{self.host}/{image.name}", "services": list(image.services)}
            for image in self.missing
        ]
        found = {"images": dict(self.pinned), "versions": dict(self.versions)}
        return {"schema_version": 1, "commit": self.commit, **found, "missing": missing}


def find_images(session: Session, head: str) -> FoundImages:
    """Ask the registry for every image of a commit. Raises ConfigError, UsageError, RemoteError."""
    delivery = load_delivery(session.project)
    git = Git(session.root)
    registry = _registry(session, delivery)
    pinned: dict[str, str] = {}
    versions: dict[str, str] = {}
    missing = []
    for image in images(session.project, git.trees(head, sources(session.project))):
        stored = registry.image(image.repository, image.tag)
        if stored is None:
            missing.append(image)
            continue
        pinned |= dict.fromkeys(image.services, f"{delivery.registry.host}/{image.repository}@{stored.digest}")
        commit = built_by(stored.tags)
        versions |= dict.fromkeys(image.services, commit) if commit else {}
    return FoundImages(git.commit(head), delivery.registry.host, pinned, versions, tuple(missing))


def _registry(session: Session, delivery: Delivery) -> EcrRegistry:
    target = session.target
    local = session.environment
    where = (local.account, local.region) if local.is_local else (delivery.registry.account, delivery.registry.region)
    return EcrRegistry(aws_client(target, "ecr", account=where[0], region=where[1]))
