"""Incidents: opened by alerts, assigned by the escalation policy, escalated and closed by timers.

Behaviour: PagerDuty's API reference and knowledge base ("Escalation policies", "Incidents", "Why incidents fail to
trigger"), read 2026-11. The policy is the one of the moment of the trigger; later changes do not move an open incident.
"""

from collections.abc import Mapping
from typing import Any, Final

from watchkeeper.routing.pagerduty import policy_from_pagerduty
from watchkeeper.sandbox.objects import FIRST_ID
from watchkeeper.sandbox.pagerduty.account import Account, Body
from watchkeeper.timeline import TimelineEvent

_OPEN: Final = ("triggered", "acknowledged")


class Incidents:
    """The incidents of an account, and the events that they write into the timeline."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._store = account.store
        self._events: list[TimelineEvent] = []

    def drain(self) -> list[TimelineEvent]:
        """What happened since this was asked last."""
        found, self._events = self._events, []
        return found

    def open_for(self, integration_id: str, dedup_key: str) -> Body | None:
        """The open incident of an alert."""
        for incident in self._store.all("incident"):
            is_same = (incident["_integration"], incident["incident_key"]) == (integration_id, dedup_key)
            if is_same and incident["status"] in _OPEN:
                return incident
        return None

    def trigger(self, service: Body, integration_id: str, dedup_key: str, payload: Mapping[str, Any]) -> None:
        """An alert came in: it joins the open incident of its key, or opens one, unless nobody is on call."""
        open_one = self.open_for(integration_id, dedup_key)
        if open_one is not None:
            self._log(open_one, "trigger_log_entry", f"Triggered again: {payload['summary']}")
            return
        if service["status"] == "disabled":
            return
        policy = self._store.get("escalation_policy", service["escalation_policy"]["id"])
        level = None if policy is None else self._next_level(policy, -1)
        if policy is None or level is None:
            title = f"nobody is on call for {service['name']}: no incident was opened for {payload['summary']}"
            self._tell(service["name"], title, {"status": "dropped", "service": service["name"]})
            return
        number = self._store.next_number("incident") - FIRST_ID + 1
        now = self._account.clock.now
        incident = {
            "id": f"Q{number:013d}",
            "type": "incident",
            "incident_number": number,
            "title": payload["summary"],
            "status": "triggered",
            "urgency": _urgency(service, str(payload.get("severity", "critical"))),
            "incident_key": dedup_key,
            "service": {"id": service["id"], "type": "service_reference", "summary": service["name"]},
            "escalation_policy": {
                "id": policy["id"],
                "type": "escalation_policy_reference",
                "summary": policy["name"],
            },
            "created_at": self._account.now_text,
            "last_status_change_at": self._account.now_text,
            "resolved_at": None,
            "assignments": [],
            "acknowledgements": [],
            "body": {"details": payload.get("custom_details")},
            "_integration": integration_id,
            "_policy": policy,
            "_level": level,
            "_round": 0,
            "_auto_resolve_at": _after(now, service.get("auto_resolve_timeout")),
            "_acknowledgement_timeout": service.get("acknowledgement_timeout"),
            "_retrigger_at": None,
            "_escalate_at": None,
        }
        self._store.put("incident", incident["id"], incident, number)
        self._assign(incident, "triggered", f"{service['name']} opens incident #{number}")

    def resolve(self, incident: Body, by: str) -> None:
        """Close an incident for good."""
        incident |= {"status": "resolved", "resolved_at": self._account.now_text, "_escalate_at": None}
        incident |= {"last_status_change_at": self._account.now_text, "_retrigger_at": None, "_auto_resolve_at": None}
        self._store.put("incident", incident["id"], incident)
        self._log(incident, "resolve_log_entry", f"Resolved by {by}")
        self._told(incident, "resolved", f"incident #{incident['incident_number']} is resolved by {by}")

    def acknowledge(self, incident: Body, user_id: str, by: str) -> None:
        """Somebody takes it: escalation stops, until the acknowledgement runs out."""
        now = self._account.clock.now
        acknowledgement = {"at": self._account.now_text, "acknowledger": {"id": user_id, "summary": by}}
        incident |= {"status": "acknowledged", "last_status_change_at": self._account.now_text, "_escalate_at": None}
        incident["acknowledgements"] = [acknowledgement]
        incident["_retrigger_at"] = _after(now, incident["_acknowledgement_timeout"])
        self._store.put("incident", incident["id"], incident)
        self._log(incident, "acknowledge_log_entry", f"Acknowledged by {by}")
        self._told(incident, "acknowledged", f"incident #{incident['incident_number']} is acknowledged by {by}")

    def run_timers(self) -> None:
        """Escalate, trigger again and close whatever is due at virtual now."""
        now = self._account.clock.now
        for incident in self._store.all("incident"):
            if incident["status"] not in _OPEN:
                continue
            if incident["_auto_resolve_at"] is not None and now >= incident["_auto_resolve_at"]:
                self.resolve(incident, "timeout")
            elif incident["_retrigger_at"] is not None and now >= incident["_retrigger_at"]:
                incident |= {"status": "triggered", "acknowledgements": [], "_retrigger_at": None}
                self._assign(incident, "retriggered", f"incident #{incident['incident_number']} is triggered again")
            elif incident["_escalate_at"] is not None and now >= incident["_escalate_at"]:
                self._escalate(incident)

    def _escalate(self, incident: Body) -> None:
        policy = incident["_policy"]
        level = self._next_level(policy, incident["_level"])
        if level is None and incident["_round"] < int(policy.get("num_loops") or 0):
            incident["_round"] += 1
            level = self._next_level(policy, -1)
        if level is None:  # the last level keeps it
            incident["_escalate_at"] = None
            self._store.put("incident", incident["id"], incident)
            return
        incident["_level"] = level
        self._assign(incident, "escalated", f"incident #{incident['incident_number']} is escalated")

    def _next_level(self, policy: Body, after: int) -> int | None:
        """The next level at which somebody is on call."""
        plan = policy_from_pagerduty(policy)
        numbers = range(after + 1, len(plan.levels))
        return next((number for number in numbers if self._account.people_at(plan, number)), None)

    def _assign(self, incident: Body, status: str, what: str) -> None:
        plan = policy_from_pagerduty(incident["_policy"])
        level = incident["_level"]
        people = self._account.people_at(plan, level)
        incident["assignments"] = [
            {
                "at": self._account.now_text,
                "assignee": {"id": person, "type": "user_reference", "summary": self._account.name_of(person)},
            }
            for person in people
        ]
        incident["_escalate_at"] = self._account.clock.now + plan.levels[level].delay_s
        self._store.put("incident", incident["id"], incident)
        names = [self._account.name_of(person) for person in people]
        sort = "trigger_log_entry" if status == "triggered" else "escalate_log_entry"
        self._log(incident, sort, f"Assigned to {', '.join(names)}")
        self._told(incident, status, f"{what} and pages {', '.join(names)} (level {level + 1})")

    def _told(self, incident: Body, status: str, title: str) -> None:
        detail = {
            "status": status,
            "incident": incident["id"],
            "number": incident["incident_number"],
            "service": incident["service"]["summary"],
            "urgency": incident["urgency"],
            "assignees": [each["assignee"]["summary"] for each in incident["assignments"]],
            "level": incident["_level"] + 1,
            "about": incident["title"],
            "key": incident["incident_key"],
        }
        self._tell(incident["id"], title, detail)

    def _tell(self, source: str, title: str, detail: Mapping[str, object]) -> None:
        self._events.append(
            TimelineEvent(at=self._account.clock.now, kind="page", source=source, title=title, detail=detail)
        )

    def _log(self, incident: Body, sort: str, summary: str) -> None:
        number = self._store.next_number("log_entry")
        entry_id = f"R{number:013d}"
        entry = {
            "id": entry_id,
            "type": sort,
            "summary": summary,
            "created_at": self._account.now_text,
            "incident": {"id": incident["id"], "type": "incident_reference"},
        }
        self._store.put("log_entry", entry_id, entry, number)


def shown(incident: Mapping[str, Any]) -> Body:
    """An incident without what only the server knows."""
    return {key: value for key, value in incident.items() if not key.startswith("_")}


def _urgency(service: Mapping[str, Any], severity: str) -> str:
    rule = service.get("incident_urgency_rule") or {"type": "constant", "urgency": "high"}
    if rule.get("urgency") == "severity_based":
        return "high" if severity in ("critical", "error") else "low"
    return str(rule.get("urgency", "high"))


def _after(now: int, timeout: object) -> int | None:
    return now + int(str(timeout)) if timeout else None
