"""The canary's decisions, without AWS and without Datadog."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from watchkeeper.forwarding.canary import Heartbeat, Pipe, Proof, Watch, explained, prove
from watchkeeper.forwarding.sites import SITES

SITE = SITES["datadoghq.eu"]
_ANSWER = "The following response was received from the endpoint destination. "


@dataclass
class Account:
    """An AWS account that remembers what was put into it."""

    stream: Pipe | None = field(default_factory=lambda: Pipe("stream", "running", "delivery"))
    told: Sequence[str] = ()
    kept: int = 0
    sent: list[Heartbeat] = field(default_factory=list)

    def pipe(self, _heartbeat: Heartbeat) -> Pipe | None:
        return self.stream

    def put(self, heartbeat: Heartbeat) -> None:
        self.sent.append(heartbeat)

    def errors(self, _pipe: Pipe, _since: int) -> Sequence[str]:
        return self.told

    def backed_up(self, _pipe: Pipe, _since: int) -> int:
        return self.kept


def run(account: Account, *, arrives_after_s: int | None, suffix: str = ".maximum", limit_s: int = 600) -> Proof:
    """Time moves by 60 seconds a look; the value is there from some second on, under one of the two names."""
    clock = [1000]

    def wait() -> None:
        clock[0] += 60

    def values(query: str, _since: int, until: int) -> Sequence[float]:
        is_there = arrives_after_s is not None and until - 1000 >= arrives_after_s and suffix in query
        return [7.0] if is_there else [3.0]

    watch = Watch(lambda: clock[0], wait, values, lambda _search, _since, _until: 0)
    (proof,) = prove(Heartbeat("prod", 7, 1000), {"metric": account}, watch, limit_s=limit_s, site=SITE)
    return proof


@pytest.mark.parametrize("suffix", [".maximum", ".minimum"])
def test_the_latency_is_the_time_until_the_own_value_is_seen(suffix: str) -> None:
    """Another canary of the same minute hides it in one of the two statistics only."""
    proof = run(Account(), arrives_after_s=150, suffix=suffix)

    assert proof.latency_s == 180
    assert proof.reasons == ()


def test_other_values_prove_nothing() -> None:
    """A heartbeat of an earlier run is not this one."""
    proof = run(Account(), arrives_after_s=None, limit_s=120)

    assert not proof.has_arrived
    assert "no error" in proof.reasons[0]


def test_looking_ends_at_the_limit() -> None:
    """A value that comes later counts as not arrived."""
    assert run(Account(), arrives_after_s=120, limit_s=120).latency_s == 120
    assert not run(Account(), arrives_after_s=180, limit_s=120).has_arrived


def test_equal_errors_are_told_once_and_the_bucket_is_counted() -> None:
    """Firehose logs every attempt."""
    proof = run(Account(told=[f"{_ANSWER}429: slow", f"{_ANSWER}429: slow"], kept=3), arrives_after_s=None, limit_s=60)

    assert len(proof.reasons) == 1
    assert proof.backed_up == 3


def test_nothing_is_sent_into_a_stream_that_does_not_run() -> None:
    """It would be gone."""
    account = Account(stream=Pipe("stream", "stopped", "delivery"))

    assert "is stopped" in run(account, arrives_after_s=0).reasons[0]
    assert account.sent == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{_ANSWER}403: Forbidden", "datadoghq.eu"),
        (f"{_ANSWER}401: Unauthorized", "refuses the key"),
        (f"{_ANSWER}404: Not Found", "forwarding doctor"),
        (f"{_ANSWER}413: Payload too large", "buffer_mib"),
        (f"{_ANSWER}429: Too Many Requests", "retry_s"),
        (f"{_ANSWER}503: Unavailable", "status page"),
        ("intake did not answer within 3 minutes", "the way out"),
        ("something else", "something else"),
    ],
)
def test_each_error_of_firehose_says_what_to_do(text: str, words: str) -> None:
    """Those that nobody knows are told as they are."""
    assert words in explained(text, SITE)


def test_each_way_is_proven_by_itself() -> None:
    """The log is looked for until it is there, also when the metric is not, and each tells its own latency."""
    clock = [1000]

    def wait() -> None:
        clock[0] += 60

    def logs(search: str, _since: int, until: int) -> int:
        return int(until >= 1120 and search == 'service:watchkeeper-canary env:prod "watchkeeper canary 7 of prod"')

    watch = Watch(lambda: clock[0], wait, lambda _query, _since, _until: [], logs)
    heartbeat = Heartbeat("prod", 7, 1000, "/watchkeeper/lighthouse-prod/canary")
    accounts = Account(), Account()

    metric, log = prove(heartbeat, {"metric": accounts[0], "log": accounts[1]}, watch, limit_s=300, site=SITE)

    assert (metric.latency_s, log.latency_s) == (None, 120)
    assert [account.sent for account in accounts] == [[heartbeat], [heartbeat]]


def test_a_log_group_without_a_subscription_is_named() -> None:
    """Nothing is sent into it."""
    account = Account(stream=None)
    watch = Watch(lambda: 1000, lambda: None, lambda _query, _since, _until: [], lambda _search, _since, _until: 0)
    heartbeat = Heartbeat("prod", 7, 1000, "/watchkeeper/lighthouse-prod/canary")

    (proof,) = prove(heartbeat, {"log": account}, watch, limit_s=60, site=SITE)

    assert proof.reasons == (
        "no subscription filter forwards /watchkeeper/lighthouse-prod/canary; deploy the stack Forwarding",
    )
    assert account.sent == []


def test_the_mend_names_the_section_of_the_file_that_the_way_belongs_to() -> None:
    """Logs have a buffer of their own."""
    assert "`logs: buffer_mib`" in explained(f"{_ANSWER}413: Payload too large", SITE, "log")
    assert "`pattern`" in explained(f"{_ANSWER}429: Too Many Requests", SITE, "log")
