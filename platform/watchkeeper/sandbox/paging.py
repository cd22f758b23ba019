"""One virtual minute of being told: monitors are evaluated, Datadog notifies, PagerDuty pages, people answer."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import httpx

from watchkeeper.sandbox.datadog.app import name_of
from watchkeeper.sandbox.datadog.notice import Notice
from watchkeeper.sandbox.datadog.notify import Delivery
from watchkeeper.timeline import TimelineEvent

if TYPE_CHECKING:
    from watchkeeper.sandbox.process import Sandbox

MINUTE: Final = 60


class Paging:
    """acknowledge_after_m: how long whoever is paged takes to acknowledge, in minutes; None: nobody ever does."""

    def __init__(self, sandbox: "Sandbox", env: str, acknowledge_after_m: int | None) -> None:
        self._sandbox = sandbox
        self._env = env
        self._patience_s = None if acknowledge_after_m is None else acknowledge_after_m * MINUTE
        self._waiting: dict[str, int] = {}
        self._http = httpx.Client(base_url=sandbox.record.urls["pagerduty"], trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def minute(self) -> Iterator[TimelineEvent]:
        """Everything that people are told at virtual now."""
        at = self._sandbox.clock.now
        for notice in self._sandbox.datadog.evaluate():
            deliveries = self._sandbox.notifier.deliver(notice)
            yield notice_event(notice, self._env, deliveries)
            for delivery in deliveries:
                if delivery.reason or delivery.recipient.startswith("slack-"):
                    yield _delivery_event(notice, delivery, self._env, at)
        yield from self._pages(at)
        if self._answer(at):
            yield from self._pages(at)

    def _pages(self, at: int) -> Iterator[TimelineEvent]:
        for event in self._sandbox.pagerduty.tick():
            incident, status = event.source, event.detail.get("status")
            if status == "triggered":
                self._waiting[incident] = at
            elif status in ("acknowledged", "resolved"):
                self._waiting.pop(incident, None)
            yield TimelineEvent(
                at=event.at, kind="page", source=incident, title=event.title, env=self._env, detail=event.detail
            )

    def _answer(self, at: int) -> bool:
        """Whoever holds the incident acknowledges it in PagerDuty when the time has come."""
        if self._patience_s is None:
            return False
        due = [incident for incident, since in self._waiting.items() if at - since >= self._patience_s]
        for incident in due:
            path = f"/incidents/{incident}"
            key = {"Authorization": f"Token token={self._sandbox.record.keys['pagerduty_api_key']}"}
            held = self._http.get(path, headers=key).raise_for_status().json()["incident"]["assignments"]
            person = (
                self._http.get(f"/users/{held[0]['assignee']['id']}", headers=key).raise_for_status().json()["user"]
            )
            body = {"incident": {"type": "incident", "status": "acknowledged"}}
            self._http.put(path, json=body, headers={**key, "From": person["email"]}).raise_for_status()
        return bool(due)


def notice_event(notice: Notice, env: str, deliveries: list[Delivery]) -> TimelineEvent:
    """A monitor's transition, with who was told."""
    tags = dict(tag.split(":", 1) for tag in notice.monitor["tags"] if ":" in tag)
    change = notice.transition
    return TimelineEvent(
        at=change.at,
        kind="monitor",
        source=name_of(notice.monitor),
        title=notice.rendered.title,
        env=env,
        service=tags.get("service", ""),
        detail={
            "monitor": notice.monitor["id"],
            "from": change.previous,
            "to": change.current,
            "value": change.value,
            "group": list(change.group),
            "recipients": [each.recipient for each in deliveries],
            **({"approximations": list(notice.notes)} if notice.notes else {}),
        },
    )


def _delivery_event(notice: Notice, delivery: Delivery, env: str, at: int) -> TimelineEvent:
    lost = f"{notice.rendered.title} did not reach {delivery.recipient}: {delivery.reason}"
    return TimelineEvent(
        at=at,
        kind="notification",
        source=delivery.recipient,
        title=lost if delivery.reason else f"{notice.rendered.title}, to {delivery.recipient}",
        env=env,
        detail={"status": "lost" if delivery.reason else "sent", "monitor": notice.monitor["id"]},
    )
