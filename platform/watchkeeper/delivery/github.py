"""A GitHub run's variables and event file as an event; answers as its output file wants them. Pure."""

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from watchkeeper.delivery.decide import EVENTS, ZERO, Event, EventName, Jobs
from watchkeeper.delivery.model import Delivery, role_name
from watchkeeper.errors import UsageError

_SCHEDULED: Final = ("schedule", "workflow_dispatch")


def event_of_run(environ: Mapping[str, str], payload: Mapping[str, Any]) -> Event:
    """What started a run. environ: GITHUB_EVENT_NAME and GITHUB_REF. payload: of GITHUB_EVENT_PATH.

    Raises UsageError outside of a run, and for an event that the workflows do not listen to.
    """
    name = environ.get("GITHUB_EVENT_NAME", "")
    if not name:
        raise UsageError("this is no GitHub run: GITHUB_EVENT_NAME is not set", "say --event and --ref")
    if name in _SCHEDULED:
        return Event(name="schedule", ref=environ.get("GITHUB_REF", ""))
    if name not in EVENTS:
        raise UsageError(f"nothing is decided for the event `{name}`", f"known: {', '.join(EVENTS)}")
    if name == "pull_request":
        request = payload["pull_request"]
        head = request["head"].get("repo") or {}  # none, when the fork has been deleted
        return Event(
            name="pull_request",
            ref=f"refs/heads/{request['base']['ref']}",
            is_fork=head.get("full_name") != request["base"]["repo"]["full_name"],
        )
    is_deleted = bool(payload.get("deleted")) or payload.get("after") == ZERO
    return Event(
        name=cast("EventName", name),
        ref=environ.get("GITHUB_REF", ""),
        before=str(payload.get("before") or ""),
        is_deleted=is_deleted,
    )


def jobs_record(jobs: Jobs, delivery: Delivery, project: str, newest_tag: str) -> dict[str, Any]:
    """The jobs as JSON values, and what the workflows need besides: the registry and how the roles are named.

    newest_tag: of those that deploy; without one nothing stands yet where tags go, and there is no drift of it.
    """
    targets = delivery.environments
    tagged = f"refs/tags/{newest_tag}" if newest_tag else None
    checkouts = {targets.default_branch: f"origin/{delivery.default_branch}", targets.tag: tagged}
    drift = [
        {"environment": name, "checkout": checkout}
        for name in jobs.drift
        if (checkout := checkouts.get(name, "")) is not None
    ]
    return {
        "environment": jobs.environment,
        "checks": jobs.checks,
        "builds": list(jobs.builds),
        "pushes": jobs.pushes,
        "diff": jobs.diff,
        "plan": jobs.plan,
        "comments": jobs.comments,
        "deploys": jobs.deploys,
        "needs_approval": jobs.needs_approval,
        "drift": drift,
        "reason": jobs.reason,
        "registry": delivery.registry.host,
        "region": delivery.registry.region,
        "role_prefix": f"arn:aws:iam::{delivery.registry.account}:role/{role_name(project, '')}",
    }


def output_lines(record: Mapping[str, Any]) -> str:
    """`name=value` lines for GITHUB_OUTPUT; lists and objects as JSON, truths as `true` and `false`."""
    lines = [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in record.items()]
    return "".join(f"{line}\n" for line in lines)
