"""Monitors to and from Datadog's JSON. Pure: nothing here speaks HTTP."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from watchkeeper.monitors.model import Monitor
from watchkeeper.project.identity import MANAGED_TAG, Identity, identity_in_tags

_THRESHOLD: Final = re.compile(r"(?:>=|<=|==|!=|>|<)\s*(-?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*$")


def encode_monitor(monitor: Monitor, handles: Sequence[str]) -> dict[str, Any]:
    """What is sent to Datadog. handles: with their `@`; they form one unconditional line, so that recovery resolves."""
    body: dict[str, Any] = {
        "name": monitor.name,
        "type": monitor.type,
        "query": monitor.query,
        "message": full_message(monitor, handles),
        "tags": monitor_tags(monitor),
        "options": _options(monitor),
    }
    if monitor.priority is not None:
        body["priority"] = monitor.priority
    return body


def full_message(monitor: Monitor, handles: Sequence[str]) -> str:
    """The message as people receive it: the declared text, the runbook, the handles."""
    parts = [monitor.message]
    if monitor.runbook:
        parts.append(f"Runbook: {monitor.runbook}")
    if handles:
        parts.append(" ".join(handles))
    return "\n\n".join(parts)


def monitor_tags(monitor: Monitor) -> list[str]:
    """Who it is and whose it is, then its own tags; sorted, because Datadog keeps no meaning in their order."""
    own = {"env": monitor.env, "service": monitor.service, "team": monitor.team, "urgency": monitor.urgency}
    tags = {MANAGED_TAG, monitor.identity.tag, *(f"{key}:{value}" for key, value in own.items() if value)}
    return sorted(tags | set(monitor.tags))


def _options(monitor: Monitor) -> dict[str, Any]:
    """The options with what must never be left to a default: the threshold that the query names, and the window rule.

    require_full_window is sent always: Datadog's API and its tools disagree about the default.
    """
    options = dict(monitor.options)
    options.setdefault("require_full_window", False)
    threshold = _THRESHOLD.search(monitor.query)
    if threshold and monitor.type not in ("composite", "service check"):
        options["thresholds"] = {"critical": float(threshold[1]), **(options.get("thresholds") or {})}
    return options


def identify_monitor(body: Mapping[str, Any]) -> Identity | None:
    """Whose a monitor is, by its tags."""
    return identity_in_tags(list(body.get("tags") or []))


def monitor_id(body: Mapping[str, Any]) -> str:
    """Datadog's id of a monitor, as text."""
    return str(body["id"])


def monitor_title(body: Mapping[str, Any]) -> str:
    """The name under which people know it."""
    return str(body.get("name", ""))
