"""The stand-in's logs: what is taken, what is refused, what is found, and monitors that count them."""

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.datadog.log_intake import MAX_BYTES, MAX_ENTRIES
from watchkeeper.sandbox.datadog.log_search import matcher
from watchkeeper.sandbox.datadog.log_store import LogRecord, LogStore
from watchkeeper.sandbox.serving import Server

NOW = 1_780_000_020 // 60 * 60
KEYS = {"DD-API-KEY": "a" * 32, "DD-APPLICATION-KEY": "b" * 40}


@pytest.fixture
def datadog() -> DatadogSandbox:
    return DatadogSandbox(Clock(NOW), api_key="a" * 32, app_key="b" * 40)


@pytest.fixture
def client(datadog: DatadogSandbox) -> Iterator[httpx.Client]:
    with Server(datadog.app) as server, httpx.Client(base_url=server.url, headers=KEYS, trust_env=False) as http:
        yield http


def found(client: httpx.Client, query: str, **more: Any) -> list[dict[str, Any]]:
    body = {"filter": {"query": query, "from": "now-1h", "to": "now"}, **more}
    answer = client.post("/api/v2/logs/events/search", json=body).json()
    return [each["attributes"] for each in answer["data"]]


def firehose(client: httpx.Client, records: list[bytes], key: str = "a" * 32, **attributes: str) -> Any:
    """A delivery as Firehose makes it."""
    headers = {
        "X-Amz-Firehose-Request-Id": "r-1",
        "X-Amz-Firehose-Access-Key": key,
        "X-Amz-Firehose-Common-Attributes": json.dumps({"commonAttributes": attributes}),
        "Content-Encoding": "gzip",
    }
    body = {"requestId": "r-1", "records": [{"data": base64.b64encode(record).decode()} for record in records]}
    return client.post("/v1/input", content=gzip.compress(json.dumps(body).encode()), headers=headers)


def cloudwatch(group: str, *messages: str) -> bytes:
    """A record of CloudWatch Logs."""
    events = [{"id": str(number), "timestamp": NOW * 1000, "message": text} for number, text in enumerate(messages)]
    about = {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": group, "logStream": "s", "logEvents": events}
    return gzip.compress(json.dumps(about).encode())


def test_a_log_of_an_agent_is_found_by_its_tags_and_its_attributes(client: httpx.Client) -> None:
    """A message that is JSON gives its attributes, its level and its text."""
    message = json.dumps({"message": "request", "status": "ERROR", "http": {"status_code": 503}})
    log = {"message": message, "service": "api", "ddsource": "go", "ddtags": "env:prod,team:checkout"}

    assert client.post("/api/v2/logs", json=[log]).status_code == 202
    (seen,) = found(client, "service:api env:prod status:error @http.status_code:[500 TO 599]")
    assert (seen["message"], seen["status"]) == ("request", "error")
    assert seen["tags"] == ["env:prod", "service:api", "source:go", "team:checkout"]


def test_a_record_of_cloudwatch_logs_has_the_tags_of_its_delivery_stream(client: httpx.Client) -> None:
    """Common attributes become tags; the log group becomes the host, and says where the line came from."""
    record = cloudwatch("/aws/rds/cluster/x/postgresql", "LOG:  checkpoint complete")
    answer = firehose(client, [record], env="prod", source="postgresql", service="aurora", team="platform")

    assert (answer.status_code, answer.json()["requestId"]) == (200, "r-1")
    (seen,) = found(client, "source:postgresql checkpoint")
    assert seen["host"] == "/aws/rds/cluster/x/postgresql"
    assert seen["service"] == "aurora"


def test_without_a_source_the_log_group_decides(client: httpx.Client) -> None:
    """Groups of RDS are known; any other name becomes the source itself."""
    firehose(client, [cloudwatch("/aws/rds/cluster/x/postgresql", "one"), cloudwatch("/msk/y", "two")])

    assert [each["tags"] for each in found(client, "*")] == [
        ["service:rds", "source:rds"], ["service:/msk/y", "source:/msk/y"],
    ]  # fmt: skip


def test_a_control_message_of_cloudwatch_logs_is_no_log(client: httpx.Client) -> None:
    """It only tries whether the way is open."""
    control = gzip.compress(json.dumps({"messageType": "CONTROL_MESSAGE", "logEvents": []}).encode())

    assert firehose(client, [control]).status_code == 200
    assert found(client, "*") == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (json.dumps([{"message": "x"}] * MAX_ENTRIES).encode(), 202),
        (json.dumps([{"message": "x"}] * (MAX_ENTRIES + 1)).encode(), 413),
        (json.dumps([{"message": "x" * (MAX_BYTES + 1)}]).encode(), 413),
        (b'[{"message": ', 400),
        (b"[1]", 400),
    ],
    ids=["as many as fit", "one too many", "too large", "no JSON", "no object"],
)
def test_the_documented_limits_hold(client: httpx.Client, content: bytes, status: int) -> None:
    """5 MB in a request, 1,000 logs in an array."""
    assert client.post("/api/v2/logs", content=content).status_code == status


def test_a_wrong_key_is_refused_on_both_ways(client: httpx.Client) -> None:
    """As Datadog's API answers, and as Firehose is answered."""
    plain = client.post("/api/v2/logs", json=[{"message": "x"}], headers={"DD-API-KEY": "wrong"})
    streamed = firehose(client, [cloudwatch("/x", "y")], key="wrong")

    assert (plain.status_code, plain.json()["errors"][0]["status"]) == (403, "403")
    assert (streamed.status_code, streamed.json()["errorMessage"]) == (403, "Forbidden")


@pytest.mark.parametrize("status", [403, 413, 429, 503])
def test_an_intake_that_is_broken_keeps_nothing(datadog: DatadogSandbox, client: httpx.Client, status: int) -> None:
    """Until it is mended; the intake of metrics is another one."""
    datadog.refuse(status, "logs")
    assert client.post("/api/v2/logs", json=[{"message": "x"}]).status_code == status
    assert firehose(client, [cloudwatch("/x", "y")]).status_code == status
    assert datadog.aws_metrics.refuses_with == 0
    datadog.refuse(0)

    assert client.post("/api/v2/logs", json=[{"message": "x"}]).status_code == 202
    assert len(datadog.store.logs) == 1


def test_what_is_older_than_eighteen_hours_is_accepted_and_counted_as_dropped(
    datadog: DatadogSandbox, client: httpx.Client
) -> None:
    """Datadog keeps no log that comes so late."""
    old = {"message": "x", "timestamp": (NOW - 19 * 3600) * 1000}

    assert client.post("/api/v2/logs", json=[old]).status_code == 202
    assert (datadog.log_intake.received, datadog.log_intake.dropped, len(datadog.store.logs)) == (1, 1, 0)


def test_pages_end_without_a_cursor(client: httpx.Client) -> None:
    """Each page says where the next one begins; the last one does not."""
    client.post("/api/v2/logs", json=[{"message": f"line {number}"} for number in range(5)])
    body: dict[str, Any] = {"filter": {"query": "*"}, "page": {"limit": 2}}
    texts, cursors = [], 0
    while True:
        answer = client.post("/api/v2/logs/events/search", json=body).json()
        texts += [each["attributes"]["message"] for each in answer["data"]]
        if "meta" not in answer:
            break
        cursors += 1
        body["page"]["cursor"] = answer["meta"]["page"]["after"]

    assert texts == [f"line {number}" for number in range(5)]
    assert cursors == 2


def test_a_search_that_cannot_be_read_is_refused(client: httpx.Client) -> None:
    """With what is wrong with it."""
    answer = client.post("/api/v2/logs/events/search", json={"filter": {"query": "service:(api"}})

    assert answer.status_code == 400
    assert "Invalid query" in answer.json()["errors"][0]


LOG = LogRecord(
    "1", NOW * 1000, "GET /orders took 1.5s from 10.0.0.1", "api", "go", "web-1", "error",
    frozenset({"env:prod", "team:checkout", "region:eu-west-1"}),
    {"http": {"status_code": 503, "method": "GET"}, "user.id": 7},
)  # fmt: skip


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        ("", True), ("*", True), ("orders", True), ("order", False), ("order*", True), ("ORDERS", True),
        ('"took 1.5s"', True), ('"took 2s"', False), ("service:api", True), ("service:ap*", True),
        ("-service:api", False), ("-service:web", True), ("env:prod -service:web", True), ("-(service:api)", False),
        ("NOT service:web", True), ("status:(error OR warn)", True),
        ("status:(info OR warn)", False), ("env:prod team:checkout", True), ("env:prod AND env:dev", False),
        ("env:dev OR team:checkout", True), ("(env:dev OR env:prod) service:api", True),
        ("@http.status_code:503", True), ("@http.status_code:>=500", True), ("@http.status_code:<500", False),
        ("@http.status_code:[500 TO 504]", True), ("@http.status_code:[* TO 400]", False),
        ("@user.id:7", True), ("@http.method:get", True), ("@http.none:x", False), ("host:web-?", True),
        ("region:eu-west-1 -@http.method:POST", True), ("10.0.0.1", True),
    ],
)  # fmt: skip
def test_a_search_finds_what_datadogs_would(search: str, *, is_found: bool) -> None:
    """Terms, phrases, tags, attributes, wildcards, comparisons, ranges and what joins them."""
    assert matcher(search)(LOG) is is_found


@pytest.mark.parametrize("search", ["service:(api", "AND x", "x OR"])
def test_a_broken_search_says_so(search: str) -> None:
    """The same texts are refused as in a monitor."""
    with pytest.raises(QuerySyntaxError):
        matcher(search)


def test_logs_that_come_late_stand_in_the_order_of_their_time() -> None:
    """Those of one instant stay in the order in which they came."""
    store = LogStore()
    for number, at in enumerate((3000, 1000, 2000, 1000)):
        store.add(LogRecord(str(number), at, "", "", "", "", "info", frozenset(), {}))

    assert [each.id for each in store.between(0, 4000)] == ["1", "3", "2", "0"]
    assert [each.id for each in store.between(1000, 2000)] == ["1", "3"]


def test_a_log_monitor_alerts_on_the_logs_that_arrived(datadog: DatadogSandbox, client: httpx.Client) -> None:
    """It counts what its search finds within its window, by the facets that it names."""
    monitor = {
        "name": "errors",
        "type": "log alert",
        "query": 'logs("env:prod status:error").index("*").rollup("count").by("service").last("5m") > 3',
        "message": "too many",
        "options": {"thresholds": {"critical": 3}},
    }
    assert client.post("/api/v1/monitor", json=monitor).status_code == 200
    datadog.evaluate()
    errors = [
        {"message": '{"status": "error"}', "service": service, "ddtags": "env:prod"}
        for service in ("api", "api", "api", "api", "reports")
    ]
    client.post("/api/v2/logs", json=errors)
    datadog.clock.now += 60
    datadog.evaluate()

    assert [(change.group, change.current) for _, change in datadog.transitions if change.current == "Alert"] == [
        (("service:api",), "Alert")
    ]


@pytest.mark.parametrize(
    ("rollup", "value"),
    [
        ('"avg", "@http.duration"', 350.0),
        ('"sum", "@http.duration"', 1400.0),
        ('"max", "@http.duration"', 800.0),
        ('"pc75", "@http.duration"', 300.0),
        ('"median", "@http.duration"', 200.0),
    ],
)
def test_a_log_monitor_may_look_at_a_measure(
    datadog: DatadogSandbox, client: httpx.Client, rollup: str, value: float
) -> None:
    """Over all logs of the window at once: 100, 200, 300 and 800; a log without the attribute has no part in it."""
    monitor = {
        "name": "slow",
        "type": "log alert",
        "query": f'logs("service:api").index("*").rollup({rollup}).by("service").last("5m") > 150',
        "message": "slow",
        "options": {"thresholds": {"critical": 150}},
    }
    assert client.post("/api/v1/monitor", json=monitor).status_code == 200
    durations = [{"duration": 100}, {"duration": 200}, {"duration": "300"}, {"duration": 800}, {}, {"duration": "slow"}]
    logs = [{"message": json.dumps({"http": each}), "service": "api"} for each in durations]
    client.post("/api/v2/logs", json=[*logs, {"message": '{"http": {"duration": 9000}}', "service": "reports"}])
    datadog.clock.now += 60
    datadog.evaluate()

    (alert,) = (change for _, change in datadog.transitions if change.current == "Alert")
    assert (alert.group, alert.value) == (("service:api",), value)


def test_a_measure_without_any_value_is_no_data(datadog: DatadogSandbox, client: httpx.Client) -> None:
    """Unlike a count, an average of nothing is nothing."""
    query = 'logs("*").index("*").rollup("avg", "@duration").last("5m") < 10'
    made = client.post("/api/v1/monitor", json={"name": "n", "type": "log alert", "query": query, "message": "m"})
    client.post("/api/v2/logs", json=[{"message": "no number in it"}])
    datadog.clock.now += 60
    datadog.evaluate()

    assert datadog.state_of(made.json()["id"]) == "No Data"
