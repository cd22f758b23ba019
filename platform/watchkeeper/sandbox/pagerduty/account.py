"""What a PagerDuty account holds: people, schedules, escalation policies, services and their integrations."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from watchkeeper.routing.escalation import EscalationPolicy
from watchkeeper.routing.pagerduty import policy_from_pagerduty, rfc3339, schedule_from_pagerduty
from watchkeeper.routing.schedule import on_call_at
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.objects import FIRST_ID, ObjectStore
from watchkeeper.sandbox.pagerduty.answers import invalid, not_found
from watchkeeper.timeline import utc_text

Body = dict[str, Any]
DATADOG_VENDOR: Final = "PDATDOG"
VENDORS: Final = (
    {"id": "PAMZCLW", "type": "vendor", "name": "Amazon CloudWatch", "summary": "Amazon CloudWatch"},
    {"id": DATADOG_VENDOR, "type": "vendor", "name": "Datadog", "summary": "Datadog"},
)
_LETTERS: Final = {"user": "U", "schedule": "S", "escalation_policy": "E", "service": "V", "integration": "I"}


class Account:
    """Reads and writes over a store. owner_email: the user who exists from the beginning, as in any account."""

    def __init__(self, store: ObjectStore, clock: Clock, owner_email: str) -> None:
        self.store = store
        self.clock = clock
        self._owner_email = owner_email
        self.open()

    def open(self) -> None:
        """Make the owner, unless there are people already."""
        if not self.store.all("user"):
            name = self._owner_email.partition("@")[0].replace(".", " ").title()
            self.create("user", {"name": name, "email": self._owner_email, "role": "owner"})

    def new_id(self, kind: str) -> str:
        """An id in PagerDuty's form, counted."""
        return f"P{_LETTERS[kind]}{self.store.next_number(kind) - FIRST_ID + 1:05d}"

    def create(self, kind: str, given: Mapping[str, Any]) -> Body:
        """Keep a new object, with what the server adds. Raises RefusedError for one that PagerDuty would refuse."""
        self.check(kind, given)
        body = {**given, "id": self.new_id(kind), "type": kind, "created_at": rfc3339(self.clock.now)}
        body = self._completed(kind, body)
        self.store.put(kind, body["id"], body, self.store.next_number("order"))
        return body

    def update(self, kind: str, object_id: str, given: Mapping[str, Any]) -> Body:
        """Change the fields that are given. Raises RefusedError."""
        before = self.get(kind, object_id)
        body = {**before, **given, "id": object_id, "type": kind}
        self.check(kind, body, object_id)
        if kind == "schedule":
            body["schedule_layers"] = self._layers(body["schedule_layers"], before["schedule_layers"])
        self.store.put(kind, object_id, body)
        return body

    def get(self, kind: str, object_id: str) -> Body:
        """One object. Raises RefusedError 404."""
        body = self.store.get(kind, object_id)
        if body is None:
            raise not_found()
        return body

    def delete(self, kind: str, object_id: str) -> None:
        """Remove one. Raises RefusedError when it is in use, in PagerDuty's words."""
        self.get(kind, object_id)
        if kind == "schedule":
            rules = (rule for policy in self.store.all("escalation_policy") for rule in policy["escalation_rules"])
            if any(target["id"] == object_id for rule in rules for target in rule["targets"]):
                raise invalid("Schedule can't be deleted if it's being used by escalation policies")
        if kind == "escalation_policy":
            used = [each for each in self.store.all("service") if each["escalation_policy"]["id"] == object_id]
            if used:
                raise invalid("The escalation policy is in use by services")
        self.store.remove(kind, object_id)

    def _completed(self, kind: str, body: Body) -> Body:
        if kind == "schedule":
            return {**body, "schedule_layers": self._layers(body["schedule_layers"], [])}
        if kind == "service":
            # Left out means off: PagerDuty's schema names defaults, but an unset timeout disables the feature.
            return {"auto_resolve_timeout": None, "acknowledgement_timeout": None, "status": "active", **body}
        if kind == "integration":
            key = hashlib.sha256(f"integration {body['id']}".encode()).hexdigest()[:32]
            return {**body, "integration_key": key}
        if kind == "user":
            return {"time_zone": "Etc/UTC", "role": "user", "contact_methods": [], **body}
        return body

    def _layers(self, given: list[Body], before: list[Body]) -> list[Body]:
        """Layers bottom first. One that is known keeps its beginning; one that is left out ends now, it never goes."""
        known = {layer["id"]: layer for layer in before}
        kept = []
        for layer in given:
            old = known.pop(str(layer.get("id", "")), None)
            layer_id = old["id"] if old else f"PL{self.store.next_number('layer') - FIRST_ID + 1:05d}"
            kept.append({"end": None, "restrictions": [], **layer, "id": layer_id})
        now = rfc3339(self.clock.now)
        ended = [layer if layer.get("end") else {**layer, "end": now} for layer in known.values()]
        return [*ended, *kept]

    def check(self, kind: str, body: Mapping[str, Any], object_id: str = "") -> None:
        """Raise RefusedError with everything that PagerDuty would find wrong."""
        errors = []
        name = str(body.get("name") or "").strip()
        if not name:
            errors.append("Name can't be blank")
        if kind != "integration" and any(
            each["name"] == name and each["id"] != object_id for each in self.store.all(kind) if kind != "user"
        ):
            errors.append("Name has already been taken")
        errors += getattr(self, f"_check_{kind}")(body, object_id)
        if errors:
            raise invalid(*errors)

    def _check_user(self, body: Mapping[str, Any], object_id: str) -> list[str]:
        email = str(body.get("email") or "")
        if "@" not in email:
            return ["Email is invalid"]
        taken = any(each["email"] == email and each["id"] != object_id for each in self.store.all("user"))
        return ["Email has already been taken"] if taken else []

    def _check_schedule(self, body: Mapping[str, Any], _object_id: str) -> list[str]:
        if not body.get("schedule_layers"):
            return ["Schedule layers can't be empty"]
        try:
            found = schedule_from_pagerduty({"id": "", **body}, is_bottom_first=True)
            on_call_at(found, self.clock.now)
        except (KeyError, ValueError, TypeError) as err:
            return [f"Schedule is invalid: {err}"]
        people = {person for layer in found.layers for person in layer.people}
        return [f"User {person} not found" for person in sorted(people) if self.store.get("user", person) is None]

    def _check_escalation_policy(self, body: Mapping[str, Any], _object_id: str) -> list[str]:
        try:
            found = policy_from_pagerduty({"id": "", **body})
        except (KeyError, ValueError, TypeError):
            return ["Escalation rules are invalid"]
        return list(self._policy_errors(found))

    def _policy_errors(self, policy: EscalationPolicy) -> list[str]:
        errors = []
        if not policy.levels:
            errors.append("Escalation rules can't be empty")
        if not 0 <= policy.loops <= 9:  # noqa: PLR2004 - the API's bound
            errors.append("Num loops must be between 0 and 9")
        for level in policy.levels:
            least = 3 if len(level.targets) > 1 else 1
            if level.delay_s < least * 60:
                errors.append(f"Escalation delay in minutes must be greater than or equal to {least}")
            for target in level.targets:
                kind = "user" if target.kind == "person" else "schedule"
                if self.store.get(kind, target.id) is None:
                    errors.append(f"{kind.title()} {target.id} not found")
        return errors

    def _check_service(self, body: Mapping[str, Any], _object_id: str) -> list[str]:
        policy = (body.get("escalation_policy") or {}).get("id", "")
        return [] if self.store.get("escalation_policy", policy) else ["Escalation policy not found"]

    def _check_integration(self, body: Mapping[str, Any], _object_id: str) -> list[str]:
        service = (body.get("service") or {}).get("id", "")
        return [] if self.store.get("service", service) else ["Service not found"]

    def people_at(self, policy: EscalationPolicy, level: int) -> list[str]:
        """Ids of the users whom a level of a policy names now."""
        found: dict[str, None] = {}
        for target in policy.levels[level].targets:
            if target.kind == "person":
                found.setdefault(target.id)
                continue
            body = self.store.get("schedule", target.id)
            if body is None:
                continue
            schedule = schedule_from_pagerduty(body, self.store.all(f"override {target.id}"), is_bottom_first=True)
            duty = on_call_at(schedule, self.clock.now)
            if duty is not None:
                found.setdefault(duty.person)
        return list(found)

    def name_of(self, user_id: str) -> str:
        """How people call a user."""
        return str((self.store.get("user", user_id) or {"name": user_id})["name"])

    @property
    def now_text(self) -> str:
        """Virtual now as the API writes it."""
        return utc_text(self.clock.now)
