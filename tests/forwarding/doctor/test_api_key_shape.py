"""Rule api-key-shape."""

from typing import Any

import pytest

from tests.forwarding.doctor.conftest import Examine, agent, application, delivery, resource, secret, task

_FORWARDER = resource("AWS::Lambda::Function", Environment={"Variables": {"DD_API_KEY_SECRET_ARN": {"Ref": "Key"}}})
_JOINED = {"Fn::Join": ["", [{"Ref": "Key"}, ":api_key::"]]}


def _agent(reference: Any) -> Any:
    return task(agent(Secrets=[{"Name": "DD_API_KEY", "ValueFrom": reference}]))


@pytest.mark.parametrize(
    ("held", "reader", "words"),
    [
        ("key", delivery(), "the key `key`"),
        ("", delivery(), "no JSON"),
        ("api_key", _agent({"Ref": "Key"}), "the whole secret"),
        ("key", _agent(_JOINED), "the key `api_key`"),
        ("", _agent(_JOINED), "the key `api_key`"),
        ("api_key", task(application(secrets=[{"Name": "apikey", "ValueFrom": {"Ref": "Key"}}])), "the whole secret"),
        ("api_key", task(application(secrets=[])), "without a key"),
        ("api_key", _FORWARDER, "JSON with the key `api_key`"),
    ],
    ids=[
        "Firehose, another key", "Firehose, plain text", "ECS, the whole JSON", "ECS, another key",
        "ECS, a key of plain text", "FireLens, the whole JSON", "FireLens, none", "the forwarder, JSON",
    ],
)  # fmt: skip
def test_a_secret_in_a_form_that_its_reader_does_not_understand_is_found(
    doctor: Examine, held: str, reader: Any, words: str
) -> None:
    """It would send no key, and be refused."""
    (found,) = doctor("api-key-shape", {"Key": secret(held), "Reader": reader})

    assert words in found.what


@pytest.mark.parametrize(
    ("held", "reader"),
    [("api_key", delivery()), ("api_key", _agent(_JOINED)), ("", _agent({"Ref": "Key"}))],
    ids=["Firehose", "ECS, a key of JSON", "ECS, plain text"],
)
def test_the_form_of_each_reader_is_no_finding(doctor: Examine, held: str, reader: Any) -> None:
    """One secret serves Firehose and ECS when each says it in its own way."""
    assert doctor("api-key-shape", {"Key": secret(held), "Reader": reader}) == []


def test_a_secret_of_another_stack_is_found_through_its_export(doctor: Examine) -> None:
    """The stacks of an environment are one graph."""
    others = {
        "prod-Base": {
            "Resources": {"Key": secret("key")},
            "Outputs": {"Out": {"Value": {"Ref": "Key"}, "Export": {"Name": "prod-Base:Key"}}},
        }
    }
    pipe = delivery(
        SecretsManagerConfiguration={"Enabled": True, "SecretARN": {"Fn::ImportValue": "prod-Base:Key"}},
    )

    (found,) = doctor("api-key-shape", {"Pipe": pipe}, others)

    assert "prod-Base/Key" in found.what
