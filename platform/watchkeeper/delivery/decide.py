"""What a GitHub event asks for: ref, event and changed files to jobs. Pure.

An environment is brought to the whole state of the commit that its ref names, not to the difference of the last push:
GitHub drops a waiting run when a newer one comes, so a push may never see its own run.
"""

import fnmatch
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from watchkeeper.delivery.images import Image
from watchkeeper.delivery.model import Delivery

EventName = Literal["push", "pull_request", "schedule"]
EVENTS: Final = ("push", "pull_request", "schedule")
ZERO: Final = "0" * 40
"""What GitHub sends as `before` of a new ref, and as `after` of a deleted one."""

INFRASTRUCTURE: Final = (
    "app.py", "cdk.json", "cdk.context.json", "watchkeeper.yaml", "package.json", "package-lock.json",
    "pyproject.toml", "locks/*", "base_infra/*", "autoscaling/*", "platform/forwarding.yaml", "platform/delivery.yaml",
    "platform/watchkeeper/*",
)  # fmt: skip
"""What synthesized templates depend on, the CDK's libraries too. `*` crosses folders."""

OBSERVABILITY: Final = (
    "watchkeeper.yaml",
    "monitors/*",
    "dashboards/*",
    "platform/routing/*",
    "platform/forwarding.yaml",
    "platform/watchkeeper/*",
)
"""What monitors, dashboards, on-call routing and Datadog's AWS integration depend on."""

DELIVERY: Final = (".github/workflows/*",)
"""The workflows themselves: they are tried out where they deploy first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened. ref: full, `refs/heads/x`; of a pull request: its base. before: of a push.

    is_fork: a pull request from another repository, which gets no secrets. is_deleted: the ref is gone.
    """

    name: EventName
    ref: str
    before: str = ""
    is_fork: bool = False
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """What the workflows run. environment: deployed to, or compared with; empty: none.

    checks: offline, always. builds: source folders whose image has to be made. pushes: whether an image may be pushed.
    diff: infrastructure, against the environment: lint, reachability, cost and difference. plan: of on-call, monitors
    and dashboards, likewise; infrastructure changes what they watch. needs_approval: a person says yes first.
    drift: environments that are compared with the repository. reason: one sentence for the log.
    """

    environment: str = ""
    checks: bool = True
    builds: tuple[str, ...] = ()
    pushes: bool = False
    diff: bool = False
    plan: bool = False
    comments: bool = False
    deploys: bool = False
    needs_approval: bool = False
    drift: tuple[str, ...] = ()
    reason: str


def comparison_base(event: Event, default_branch: str) -> str:
    """What the changed files are counted from: a commit, or `merge-base:REF`; empty when the event has no changes.

    A branch is compared with where it left the default branch, so a new one (all zeros), a forced push and several
    pushes in a row give one answer. A push to the default branch is compared with what was there before.
    """
    if event.name == "pull_request":
        return f"merge-base:{event.ref}"
    if event.name != "push" or event.is_deleted or not event.ref.startswith("refs/heads/"):
        return ""
    if event.ref == f"refs/heads/{default_branch}":
        return "" if event.before in ("", ZERO) else event.before
    return f"merge-base:refs/heads/{default_branch}"


def decide(
    delivery: Delivery,
    event: Event,
    changed: Collection[str] | None,
    images: Sequence[Image],
    present: Collection[str] | None,
) -> Jobs:
    """The jobs of an event.

    changed: paths, None when they are unknown, which counts as everything. images: of the commit. present: tags that
    the registry has, as `repository:tag`; None when nobody may ask it.
    """
    if event.name == "schedule":
        return Jobs(checks=False, drift=delivery.deployed, reason="compare every environment with the repository")
    if event.is_deleted:
        return Jobs(checks=False, reason=f"{event.ref} is gone; what it deployed stays until the next deploy")
    is_infrastructure = _touches(changed, INFRASTRUCTURE)
    is_observability = _touches(changed, OBSERVABILITY)
    missing = tuple(
        image.source for image in images if present is None or f"{image.repository}:{image.tag}" not in present
    )
    touched = tuple(image.source for image in images if _touches(changed, (f"{image.source}/*",)))
    environment = _environment(delivery, event.ref)
    if event.name == "pull_request":
        if event.is_fork:
            return Jobs(builds=touched, reason="a fork: offline checks and a build that is not pushed, no secrets")
        return Jobs(
            environment=environment,
            builds=touched,
            diff=is_infrastructure or bool(touched),
            plan=is_infrastructure or is_observability,
            comments=bool(environment) and (is_infrastructure or is_observability or bool(touched)),
            reason=f"compare with {environment}" if environment else "the base deploys nowhere",
        )
    if not environment:
        return Jobs(reason=f"{event.ref} deploys nowhere")
    if _is_branch(delivery, event.ref) and not (
        is_infrastructure or is_observability or touched or _touches(changed, DELIVERY)
    ):
        return Jobs(reason="nothing that is deployed differs from the default branch")
    return Jobs(
        environment=environment,
        builds=missing,
        pushes=bool(missing),
        diff=True,
        plan=True,
        deploys=True,
        needs_approval=environment in delivery.approved_by_hand,
        reason=f"deploy to {environment}, {_counted(len(missing))} to build",
    )


def _environment(delivery: Delivery, ref: str) -> str:
    targets = delivery.environments
    if ref == f"refs/heads/{delivery.default_branch}":
        return targets.default_branch
    if ref.startswith("refs/heads/"):
        return targets.branch
    if ref.startswith(f"refs/tags/{delivery.tag_prefix}"):
        return targets.tag
    return ""


def _is_branch(delivery: Delivery, ref: str) -> bool:
    return ref.startswith("refs/heads/") and ref != f"refs/heads/{delivery.default_branch}"


def _touches(changed: Collection[str] | None, patterns: Sequence[str]) -> bool:
    if changed is None:
        return True
    return any(fnmatch.fnmatchcase(path, pattern) for path in changed for pattern in patterns)


def _counted(number: int) -> str:
    return "no image" if not number else f"{number} image{'s' if number > 1 else ''}"
