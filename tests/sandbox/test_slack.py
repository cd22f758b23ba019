"""The sandbox's Slack, spoken to with slack_sdk."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.serving import Server
from watchkeeper.sandbox.slack.app import SlackSandbox


@pytest.fixture
def slack() -> SlackSandbox:
    return SlackSandbox(Clock(1_764_000_000), tokens={"xoxb-1": "Watchkeeper"}, team="lighthouse")


@pytest.fixture
def url(slack: SlackSandbox) -> Iterator[str]:
    with Server(slack.app) as server:
        yield f"{server.url}/api/"


def test_a_message_is_kept_in_its_channel(slack: SlackSandbox, url: str) -> None:
    """By the channel's name or id; with the virtual time as its stamp."""
    client = WebClient("xoxb-1", base_url=url)
    assert client.auth_test()["team"] == "lighthouse"
    channel = client.conversations_create(name="checkout-alerts")["channel"]
    client.chat_postMessage(channel="#checkout-alerts", text="slow")

    (message,) = slack.messages(channel["id"])
    assert (message["text"], message["ts"]) == ("slow", "1764000000.000001")


def test_channels_are_listed_page_by_page(url: str) -> None:
    """With a cursor."""
    client = WebClient("xoxb-1", base_url=url)
    for name in ("a", "b", "c"):
        client.conversations_create(name=name)
    pages = [[each["name"] for each in page["channels"]] for page in client.conversations_list(limit=2)]

    assert pages == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("token", "channel", "error"),
    [("", "#a", "not_authed"), ("xoxb-2", "#a", "invalid_auth"), ("xoxb-1", "#nowhere", "channel_not_found")],
)
def test_refusals_are_slacks(url: str, token: str, channel: str, error: str) -> None:
    """`ok: false` with status 200 and the name of the error."""
    with pytest.raises(SlackApiError) as refused:
        WebClient(token, base_url=url).chat_postMessage(channel=channel, text="x")

    assert refused.value.response["error"] == error
