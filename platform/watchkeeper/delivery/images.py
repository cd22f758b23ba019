"""One image for each source folder, named after the folder's content. Pure."""

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from watchkeeper.errors import UsageError, did_you_mean
from watchkeeper.project.model import Environment, Project

TAG_PREFIX: Final = "tree-"
COMMIT_PREFIX: Final = "commit-"
"""The second tag of an image: the commit that built it, which is what Datadog calls its version."""

_TREE: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PINNED: Final = re.compile(r".+@sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Image:
    """What one source folder becomes. repository: without the registry's host. services: that run it."""

    source: str
    repository: str
    tag: str
    services: tuple[str, ...]

    @property
    def name(self) -> str:
        """`repository:tag`."""
        return f"{self.repository}:{self.tag}"


def repository_name(project: str, source: str) -> str:
    """The repository of a source folder, such as `lighthouse/examples-app`."""
    return f"{project}/{re.sub(r'[^a-z0-9]+', '-', source.lower()).strip('-')}"


def image_tag(tree: str) -> str:
    """The tag of a source whose git tree has this hash: equal content, equal tag, whatever commit it is in.

    Raises ValueError for what is no hash.
    """
    if not _TREE.fullmatch(tree):
        raise ValueError(f"not a git tree hash: {tree!r}")
    return TAG_PREFIX + tree


def sources(project: Project) -> dict[str, tuple[str, ...]]:
    """Source folders to the services that are built of them, over all environments; in the order of the file."""
    found: dict[str, dict[str, None]] = {}
    for environment in project.environments.values():
        for service in environment.services:
            if service.source:
                found.setdefault(service.source.strip("/"), {})[service.id] = None
    return {source: tuple(services) for source, services in found.items()}


def images(project: Project, trees: Mapping[str, str]) -> tuple[Image, ...]:
    """The images of a commit. trees: source folder to the hash of its git tree; a source it lacks has no image."""
    return tuple(
        Image(source, repository_name(project.name, source), image_tag(trees[source]), services)
        for source, services in sources(project).items()
        if source in trees
    )


def built_by(tags: Iterable[str]) -> str:
    """The commit that built an image with these tags; empty when none says it."""
    commits = (tag.removeprefix(COMMIT_PREFIX) for tag in sorted(tags) if tag.startswith(COMMIT_PREFIX))
    return next((commit for commit in commits if _TREE.fullmatch(commit)), "")


@dataclass(frozen=True, slots=True)
class Pinned:
    """images: service to `host/repository@sha256:...`. versions: service to the commit that built its image."""

    images: Mapping[str, str]
    versions: Mapping[str, str]


def read_pinned(given: object) -> Pinned:
    """What `delivery images --json` prints, whole or its `images` alone; JSON as text or already read.

    Raises UsageError for anything else.
    """
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        found = None
    if isinstance(found, Mapping) and isinstance(found.get("images"), Mapping):
        images, versions = found["images"], found.get("versions") or {}
    else:
        images, versions = found, {}
    for each in (images, versions):
        if not isinstance(each, Mapping) or not all(isinstance(value, str) for value in each.values()):
            raise UsageError(
                "the images are no JSON object of texts", "take it from `watchkeeper delivery images --json`"
            )
    return Pinned(images, versions)


def with_images(project: Project, pinned: Mapping[str, str], versions: Mapping[str, str] | None = None) -> Project:
    """The project with the images of some services set; the others keep the placeholder of watchkeeper.yaml.

    pinned: service to `host/repository@sha256:...`. versions: service to what Datadog calls its version.
    Raises UsageError for an unknown service, or an image without a digest.
    """
    known = {service.id for environment in project.environments.values() for service in environment.services}
    for name, image in pinned.items():
        if name not in known:
            fix = did_you_mean(name, known) or f"known: {', '.join(sorted(known))}"
            raise UsageError(f"`images` names the service `{name}`, which does not exist", fix)
        if not _PINNED.fullmatch(image):
            raise UsageError(f"the image of `{name}` has no digest: {image}", "write it as host/repository@sha256:...")

    def changed(environment: Environment) -> Environment:
        services = tuple(
            dataclasses.replace(
                service,
                image=pinned.get(service.id, service.image),
                version=(versions or {}).get(service.id, "" if service.id in pinned else service.version),
            )
            for service in environment.services
        )
        return dataclasses.replace(environment, services=services)

    environments = {name: changed(environment) for name, environment in project.environments.items()}
    return dataclasses.replace(project, environments=environments)
