"""The sandbox's change events, spoken to with the official client."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pdpyras

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.pagerduty.app import PagerDutySandbox
from watchkeeper.sandbox.serving import Server


@pytest.fixture
def api() -> Iterator[Any]:
    sandbox = PagerDutySandbox(Clock(1_764_028_800), api_key="secret", owner_email="ana@example.com")
    with Server(sandbox.app) as server, pdpyras.APISession("secret", default_from="ana@example.com") as session:
        session.url = server.url
        session.trust_env = False
        yield session


@pytest.fixture
def key(api: Any) -> str:
    ana = api.find("users", "ana@example.com", attribute="email")
    rule = {"escalation_delay_in_minutes": 5, "targets": [{"id": ana["id"], "type": "user_reference"}]}
    policy = api.rpost("escalation_policies", json={"name": "team", "escalation_rules": [rule]})
    reference = {"id": policy["id"], "type": "escalation_policy_reference"}
    service = api.rpost("services", json={"name": "api", "escalation_policy": reference})
    integration = {"type": "event_transformer_api_inbound_integration", "name": "Datadog"}
    made = api.rpost(f"services/{service['id']}/integrations", json=integration)
    return str(made["integration_key"])


def sender(api: Any, key: str) -> Any:
    session = pdpyras.ChangeEventsAPISession(key)
    session.url = api.url
    session.trust_env = False
    return session


def test_a_change_stands_with_its_service_and_opens_no_incident(api: Any, key: str) -> None:
    """The newest first."""
    for summary in ("one", "two"):
        sender(api, key).submit(summary, source="ci", custom_details={"env": "prod"}, links=[{"href": "https://e/1"}])

    (service,) = api.rget("services")
    found = api.rget(f"services/{service['id']}/change_events")
    assert [each["summary"] for each in found] == ["two", "one"]
    assert (found[0]["source"], found[0]["custom_details"]) == ("ci", {"env": "prod"})
    assert api.rget("change_events") == found
    assert api.rget("incidents") == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"routing_key": "short"}, "Length of 'routing_key' is incorrect"),
        ({"payload": None}, "'payload' is missing or blank"),
        ({"payload": {"source": "ci"}}, "'payload.summary' is missing or blank"),
        ({"payload": {"summary": "x" * 1025}}, "maximum is 1024"),
    ],
)
def test_a_wrong_change_is_refused(api: Any, key: str, change: dict[str, Any], text: str) -> None:
    """In the words that the Events API has for alerts."""
    body = {"routing_key": key, "payload": {"summary": "x"}, **change}

    answer = sender(api, key).request("POST", "v2/change/enqueue", json=body)

    assert answer.status_code == 400
    assert text in str(answer.json()["errors"])
