"""The log router beside a task: it sends what its configuration says, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from watchkeeper.forwarding.firelens import router_options
from watchkeeper.forwarding.sites import SITES
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.firelens import Output, Router
from watchkeeper.sandbox.log_lines import Line
from watchkeeper.sandbox.serving import Server

NOW = 1_780_000_020 // 60 * 60
SITE = SITES["datadoghq.eu"]
TAGS = {"env": "prod", "service": "api", "team": "checkout"}
ABOUT = {"container_name": "api", "cluster_name": "lighthouse-prod", "task_family": "x", "task_version": "3"}
OPTIONS = {name.lower(): text for name, text in router_options(SITE, source="go", tags=TAGS, retries=8).items()}


@dataclass
class Played:
    """A router before a Datadog that runs."""

    datadog: DatadogSandbox
    http: httpx.Client
    url: str
    now: int = NOW
    told: list[str] = field(default_factory=list)

    def router(self, key: str = "k" * 32, **changed: str) -> Router:
        options = {name: text for name, text in {**OPTIONS, **changed}.items() if text}
        return Router(Output("api", options, key, "/ecs/api", ABOUT), {SITE.agent_logs_host: self.url})

    def minutes(self, router: Router, *, count: int, broken: range = range(0), answers: int = 503) -> None:
        """A line a minute; within `broken` the intake answers so, 0 for nothing."""
        for number in range(count):
            self.datadog.refuse(answers if number in broken else 0)
            line = Line(self.now * 1000, f"line {number}")
            self.now += 60
            self.datadog.clock.now = self.now
            is_silent = number in broken and answers == 0
            self.told += router.flush(self.http, [line], self.now, is_silent=is_silent)

    @property
    def arrived(self) -> list[str]:
        return [each.message for each in self.datadog.store.logs.between(0, (self.now + 60) * 1000)]


@pytest.fixture
def played() -> Iterator[Played]:
    datadog = DatadogSandbox(Clock(NOW), api_key="k" * 32, app_key="a")
    with Server(datadog.app) as server, httpx.Client(trust_env=False) as http:
        yield Played(datadog, http, server.url)


def test_a_line_arrives_with_what_the_configuration_says_and_what_ecs_tells(played: Played) -> None:
    """Service, source and tags are options; cluster, family and container are the task's own."""
    played.minutes(played.router(), count=1)

    (log,) = played.datadog.store.logs.between(0, NOW * 2000)
    assert (log.message, log.service, log.source) == ("line 0", "api", "go")
    assert {"env:prod", "team:checkout", "cluster_name:lighthouse-prod", "task_version:3"} <= log.tags
    assert log.attributes["source"] == "stdout"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"host": "http-intake.logs.datadoghq.com"}, "not in the sandbox"),
        ({"tls": ""}, "plain HTTP"),
        ({"key": "wrong"}, "HTTP status=403"),
    ],
    ids=["another site", "without TLS", "another key"],
)
def test_a_wrong_configuration_brings_nothing_and_the_router_says_why(
    played: Played, changed: dict[str, str], words: str
) -> None:
    """What `forwarding doctor` finds in the template is seen here on the wire."""
    played.minutes(played.router(**changed), count=1)

    assert played.arrived == []
    assert words in played.told[0]


@pytest.mark.parametrize("answers", [503, 429, 0], ids=["unavailable", "too much", "nothing"])
def test_ten_minutes_without_an_intake_only_delay_the_applications_logs(played: Played, answers: int) -> None:
    """The eight retries of the declaration last for twenty minutes; every line arrives, each once."""
    router = played.router()
    played.minutes(router, count=25, broken=range(2, 12), answers=answers)

    assert sorted(played.arrived) == sorted(f"line {number}" for number in range(25))
    assert (router.dropped, router.waiting, router.sent) == (0, 0, 25)


def test_with_the_default_of_one_retry_lines_are_dropped_and_counted(played: Played) -> None:
    """The router says so in its own log, which nobody forwards."""
    router = played.router(retry_limit="")
    played.minutes(router, count=25, broken=range(2, 12))

    assert router.dropped + len(played.arrived) == 25
    assert router.dropped > 5
    assert sum("cannot be retried" in text for text in played.told) == router.dropped


def test_a_router_that_repeats_for_ever_drops_nothing(played: Played) -> None:
    """At the price of its memory."""
    router = played.router(retry_limit="no_limits")
    played.minutes(router, count=20, broken=range(20))

    assert (router.dropped, router.waiting) == (0, 20)
