"""Rule api-key-in-template."""

from typing import Any

import pytest

from tests.forwarding.doctor.conftest import SITE, Examine, agent, application, delivery, resource, task

_LAMBDA = resource("AWS::Lambda::Function", Environment={"Variables": {"DD_API_KEY": "abc", "DD_SITE": SITE.name}})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            delivery(
                EndpointConfiguration={"Url": SITE.metrics_intake, "AccessKey": "abc"},
                SecretsManagerConfiguration={"Enabled": False},
            ),
            "AccessKey",
        ),
        (delivery(EndpointConfiguration={"Url": f"{SITE.metrics_intake}&dd-api-key=abc"}), "URL"),
        (task(agent(("DD_API_KEY", "abc"))), "variable"),
        (task(application(apikey="abc", secrets=[])), "option"),
        (_LAMBDA, "variable"),
    ],
    ids=["access key", "URL", "the Agent's variable", "log option", "the forwarder's variable"],
)
def test_a_key_that_everybody_can_read_is_found(doctor: Examine, given: Any, words: str) -> None:
    """The finding says where it is, never what it is."""
    (found,) = doctor("api-key-in-template", {"It": given})

    assert words in found.what
    assert "abc" not in f"{found.what}{found.fix}"


def test_keys_in_secrets_are_no_finding(doctor: Examine) -> None:
    """Silence."""
    assert doctor("api-key-in-template", {"A": delivery(), "B": task(agent(), application())}) == []
