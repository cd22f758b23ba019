"""What Datadog does with a transition that people are told: an event to PagerDuty, a message to Slack, over HTTP.

Severities are fixed by the native integration (Datadog documentation, "PagerDuty integration", read 2026-11): Alert and
No Data are errors, Warn is a warning. One incident per monitor and group, from trigger to recovery, is the behaviour
that is seen; the key itself is not documented.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from watchkeeper.sandbox.datadog.integrations import PAGERDUTY, SLACK
from watchkeeper.sandbox.datadog.notice import Notice
from watchkeeper.sandbox.datadog.store import Store

_SEVERITIES: Final[Mapping[str, str]] = {"Alert": "error", "No Data": "error", "Warn": "warning", "OK": "info"}
_MAX_SUMMARY: Final = 1024
_PAGERDUTY: Final = "pagerduty-"
_SLACK: Final = "slack-"
_OK: Final = (200, 202)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One recipient of one notice. reason: why it did not arrive; empty when the other side took it."""

    recipient: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where Datadog sends: base URLs, and the token of its Slack app by workspace."""

    pagerduty_events: str
    slack: str
    slack_tokens: Mapping[str, str]


class Notifier:
    """Sends notices where the synced integration objects say."""

    def __init__(self, store: Store, outlets: Outlets) -> None:
        self._store = store
        self._outlets = outlets
        self._http = httpx.Client(timeout=60, trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def deliver(self, notice: Notice) -> list[Delivery]:
        """Send to every recipient; one that is not configured hears nothing, as with the real Datadog."""
        return list(self._each(notice))

    def _each(self, notice: Notice) -> Iterable[Delivery]:
        for recipient in notice.rendered.recipients:
            if recipient.startswith(_PAGERDUTY):
                reason = self._page(recipient.removeprefix(_PAGERDUTY), notice)
            elif recipient.startswith(_SLACK):
                reason = self._post(recipient.removeprefix(_SLACK), notice)
            else:
                reason = "e-mail and other integrations are not rehearsed"
            yield Delivery(recipient, reason)

    def _page(self, name: str, notice: Notice) -> str:
        service = self._store.get(PAGERDUTY, name)
        if service is None:
            return f"Datadog knows no PagerDuty service `{name}`"
        event: dict[str, Any] = {
            "routing_key": service["service_key"],
            "event_action": "resolve" if notice.transition.current == "OK" else "trigger",
            "dedup_key": dedup_key(notice),
            "client": "Datadog",
        }
        if event["event_action"] == "trigger":
            event["payload"] = {
                "summary": notice.rendered.title[:_MAX_SUMMARY],
                "source": ",".join(notice.transition.group) or "Datadog",
                "severity": _SEVERITIES[notice.transition.current],
                "custom_details": {"message": notice.rendered.message, "tags": list(notice.monitor["tags"])},
            }
        answer = self._http.post(f"{self._outlets.pagerduty_events}/v2/enqueue", json=event)
        return "" if answer.status_code in _OK else f"PagerDuty answered {answer.status_code}: {answer.text[:200]}"

    def _post(self, handle: str, notice: Notice) -> str:
        found = (each for each in self._store.all(SLACK) if handle == f"{each['account']}-{each['name'][1:]}")
        channel = next(found, None)
        if channel is None:
            return f"Datadog knows no Slack channel `{handle}`"
        message = {"channel": channel["name"], "text": f"*{notice.rendered.title}*\n{notice.rendered.message}"}
        headers = {"Authorization": f"Bearer {self._outlets.slack_tokens[channel['account']]}"}
        answer = self._http.post(f"{self._outlets.slack}/chat.postMessage", json=message, headers=headers).json()
        return "" if answer["ok"] else f"Slack answered {answer['error']}"


def dedup_key(notice: Notice) -> str:
    """The same for every notice of a monitor's group."""
    group = ",".join(notice.transition.group)
    return hashlib.sha256(f"{notice.monitor['id']} {group}".encode()).hexdigest()[:32]
