"""The sandbox's PagerDuty, spoken to with the official client.

The rota is written by hand: ana takes even days, bo odd days, from midnight UTC; level 2 is chen.
"""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import requests

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pdpyras

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.pagerduty.app import PagerDutySandbox
from watchkeeper.sandbox.serving import Server

START = 1_764_028_800  # 2025-11-25T00:00:00Z


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def pagerduty(clock: Clock) -> PagerDutySandbox:
    return PagerDutySandbox(clock, api_key="secret", owner_email="ana@example.com")


@pytest.fixture
def session(pagerduty: PagerDutySandbox) -> Iterator[Any]:
    with Server(pagerduty.app) as server, pdpyras.APISession("secret", default_from="ana@example.com") as session:
        session.url = server.url
        session.trust_env = False
        yield session


@pytest.fixture
def routing_key(session: Any) -> str:
    """The key of a service whose policy asks the schedule, then chen five minutes later."""
    people = {name: session.rpost("users", json=user(name)) for name in ("bo", "chen")}
    ana = session.find("users", "ana@example.com", attribute="email")
    schedule = session.rpost(
        "schedules",
        json={
            "type": "schedule",
            "name": "days",
            "time_zone": "Etc/UTC",
            "schedule_layers": [layer("daily", [ana["id"], people["bo"]["id"]])],
        },
    )
    policy = session.rpost(
        "escalation_policies",
        json={
            "type": "escalation_policy",
            "name": "team",
            "num_loops": 1,
            "escalation_rules": [
                {"escalation_delay_in_minutes": 5, "targets": [{"id": schedule["id"], "type": "schedule_reference"}]},
                {"escalation_delay_in_minutes": 9, "targets": [{"id": people["chen"]["id"], "type": "user_reference"}]},
            ],
        },
    )
    service = session.rpost("services", json=service_body("api", policy["id"]))
    integration = session.rpost(
        f"services/{service['id']}/integrations",
        json={"type": "event_transformer_api_inbound_integration", "name": "Datadog"},
    )
    return str(integration["integration_key"])


def user(name: str) -> dict[str, str]:
    return {"type": "user", "name": name.title(), "email": f"{name}@example.com"}


def layer(name: str, people: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "start": "2025-11-24T00:00:00Z",
        "rotation_virtual_start": "2025-11-24T00:00:00Z",
        "rotation_turn_length_seconds": 86_400,
        "users": [{"user": {"id": person, "type": "user_reference"}} for person in people],
    }


def service_body(name: str, policy: str) -> dict[str, Any]:
    reference = {"id": policy, "type": "escalation_policy_reference"}
    return {"type": "service", "name": name, "escalation_policy": reference}


def send(session: Any, key: str, action: str = "trigger", dedup_key: str = "k") -> requests.Response:
    event: dict[str, Any] = {"routing_key": key, "event_action": action, "dedup_key": dedup_key}
    event["payload"] = {"summary": "5xx", "source": "api", "severity": "error"}
    return requests.post(f"{session.url}/v2/enqueue", json=event, timeout=60)


def assignees(session: Any) -> list[str]:
    (incident,) = session.rget("incidents", params={"statuses[]": ["triggered", "acknowledged"]})
    return [each["assignee"]["summary"] for each in incident["assignments"]]


def test_an_alert_opens_an_incident_for_whoever_the_schedule_names(session: Any, routing_key: str) -> None:
    """25 November is the second day of the rota that began on the 24th with Ana: Bo's."""
    assert send(session, routing_key).status_code == 202

    assert assignees(session) == ["Bo"]


def test_an_unanswered_page_escalates_and_comes_round_again(
    session: Any, routing_key: str, pagerduty: PagerDutySandbox, clock: Clock
) -> None:
    """Level 2 after five minutes, level 1 again nine minutes later; after the last round the last level keeps it."""
    send(session, routing_key)
    seen = []
    for minute in range(40):
        clock.now = START + minute * 60
        seen += [(minute, event.detail["assignees"]) for event in pagerduty.tick()]

    assert seen == [(0, ["Bo"]), (5, ["Chen"]), (14, ["Bo"]), (19, ["Chen"])]


def test_an_acknowledgement_stops_the_escalation(
    session: Any, routing_key: str, pagerduty: PagerDutySandbox, clock: Clock
) -> None:
    """Nobody else is paged after somebody has taken the incident."""
    send(session, routing_key)
    (incident,) = session.rget("incidents")
    session.rput(f"incidents/{incident['id']}", json={"type": "incident", "status": "acknowledged"})
    pagerduty.tick()
    clock.now = START + 3600

    assert pagerduty.tick() == []
    assert assignees(session) == ["Bo"]


def test_a_resolve_closes_and_the_same_key_opens_a_new_incident(session: Any, routing_key: str) -> None:
    """Resolved is final."""
    send(session, routing_key)
    send(session, routing_key)
    send(session, routing_key, "resolve")
    send(session, routing_key)

    found = session.rget("incidents")
    assert [each["status"] for each in found] == ["resolved", "triggered"]


def test_when_nobody_is_on_call_there_is_no_incident_and_the_answer_is_still_202(
    session: Any, routing_key: str, pagerduty: PagerDutySandbox
) -> None:
    """The page is dropped silently; only the timeline says so."""
    (policy,) = session.rget("escalation_policies")
    (schedule,) = session.rget("schedules")
    ended = session.rget(f"schedules/{schedule['id']}")
    ended["schedule_layers"][0]["end"] = "2025-11-24T12:00:00Z"
    session.rput(f"schedules/{schedule['id']}", json=ended)
    policy["escalation_rules"] = policy["escalation_rules"][:1]
    session.rput(f"escalation_policies/{policy['id']}", json=policy)

    assert send(session, routing_key).status_code == 202
    assert session.rget("incidents") == []
    assert "nobody is on call" in pagerduty.tick()[0].title


def test_a_schedule_is_given_top_layer_first_and_taken_bottom_first(session: Any) -> None:
    """GET, then PUT unchanged, turns the layers over: the trap of the real API."""
    ana = session.find("users", "ana@example.com", attribute="email")["id"]
    body = {
        "type": "schedule",
        "name": "two",
        "time_zone": "Etc/UTC",
        "schedule_layers": [layer("bottom", [ana]), layer("top", [ana])],
    }
    made = session.rpost("schedules", json=body)

    assert [each["name"] for each in session.rget(f"schedules/{made['id']}")["schedule_layers"]] == ["top", "bottom"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"routing_key": "short"}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
        ({"event_action": ""}, "'event_action' is missing or blank"),
        ({"event_action": "resolve", "dedup_key": ""}, "'dedup_key' is missing or blank"),
        ({"payload": {"summary": "x" * 1025, "source": "a", "severity": "error"}}, "maximum is 1024"),
        ({"payload": {"summary": "x", "source": "a", "severity": "bad"}}, "'payload.severity' is invalid"),
    ],
)
def test_a_wrong_event_is_refused_in_pagerdutys_words(session: Any, change: dict[str, Any], text: str) -> None:
    """400, `invalid event`, and the reasons."""
    event: dict[str, Any] = {
        "routing_key": "0" * 32,
        "event_action": "trigger",
        "payload": {"summary": "s", "source": "a", "severity": "info"},
    }
    answer = requests.post(f"{session.url}/v2/enqueue", json={**event, **change}, timeout=60)

    assert answer.status_code == 400
    assert answer.json()["status"] == "invalid event"
    assert any(text in error for error in answer.json()["errors"])


def test_a_wrong_key_and_a_wrong_body_are_refused(session: Any) -> None:
    """401 with code 2006; 400 with code 2001 and every reason at once."""
    stranger = pdpyras.APISession("wrong")
    stranger.url = session.url
    with pytest.raises(pdpyras.PDHTTPError) as unknown:
        stranger.rget("users")
    with pytest.raises(pdpyras.PDHTTPError) as invalid:
        session.rpost("services", json=service_body("", "PE99999"))

    assert unknown.value.response.json()["error"]["code"] == 2006
    assert invalid.value.response.json()["error"] == {
        "message": "Invalid Input Provided",
        "code": 2001,
        "errors": ["Name can't be blank", "Escalation policy not found"],
    }


def test_what_is_in_use_cannot_be_deleted(session: Any, routing_key: str) -> None:
    """A schedule of a policy stays."""
    assert routing_key
    (schedule,) = session.rget("schedules")
    with pytest.raises(pdpyras.PDHTTPError, match=r"Schedule can.t be deleted"):
        session.rdelete(f"schedules/{schedule['id']}")
