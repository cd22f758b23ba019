"""The secret of Datadog's API key, in the shape that its reader wants."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.forwarding.api_key import is_api_key_secret, key_in, secret_text

FIREHOSE = 'Datadog API key for datadoghq.eu as {"api_key": "..."}'
FORWARDER = "Datadog API key for datadoghq.eu as plain text"


@given(key=st.text("0123456789abcdef", min_size=32, max_size=32), description=st.sampled_from([FIREHOSE, FORWARDER]))
def test_what_is_written_is_read_back(key: str, description: str) -> None:
    """Each reader finds the key in its own shape."""
    assert key_in(description, secret_text(description, key)) == key


@pytest.mark.parametrize(
    ("description", "text"),
    [
        (FIREHOSE, "0123456789abcdef0123456789abcdef"),
        (FIREHOSE, json.dumps({"apiKey": "0123456789abcdef0123456789abcdef"})),
        (FIREHOSE, json.dumps({"api_key": ""})),
        (FIREHOSE, "[]"),
        (FORWARDER, json.dumps({"api_key": "0123456789abcdef0123456789abcdef"})),
        (FORWARDER, "  "),
    ],
    ids=["plain for Firehose", "other name", "empty", "no object", "JSON for the forwarder", "blank"],
)
def test_the_other_readers_shape_holds_no_key(description: str, text: str) -> None:
    """Firehose and ECS read JSON, Datadog's forwarder reads text; neither reads the other's."""
    assert key_in(description, text) is None


def test_other_secrets_of_the_environment_are_left_alone() -> None:
    """They are known by how their description begins."""
    assert is_api_key_secret(FIREHOSE)
    assert not is_api_key_secret("Secret managed by RDS for DB cluster stage-data")
