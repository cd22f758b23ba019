"""`watchkeeper delivery decide`: the jobs of an event in this checkout."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.adapters.git import Git
from watchkeeper.commands.session import Session
from watchkeeper.delivery.decide import Event, comparison_base, decide
from watchkeeper.delivery.github import jobs_record
from watchkeeper.delivery.images import images, sources
from watchkeeper.delivery.model import load_delivery


@dataclass(frozen=True, slots=True)
class Decision:
    """The jobs as JSON values, and the images of the commit."""

    jobs: Mapping[str, Any]
    images: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """One document."""
        return {"schema_version": 1, "jobs": dict(self.jobs), "images": list(self.images)}


def decide_in_checkout(session: Session, event: Event, head: str, present: Collection[str] | None) -> Decision:
    """What an event asks for. present: tags that the registry has, None when it was not asked.

    Raises ConfigError for platform/delivery.yaml, UsageError when `head` is no commit.
    """
    delivery = load_delivery(session.project)
    git = Git(session.root)
    found = images(session.project, git.trees(head, sources(session.project)))
    base = comparison_base(event, delivery.default_branch)
    newest = git.newest_tag(delivery.tag_prefix)
    jobs = decide(delivery, event, git.changed(base, head), found, present)
    return Decision(jobs_record(jobs, delivery, session.project.name, newest), tuple(image.name for image in found))
