"""What is written into logs in a minute."""

import json

from watchkeeper.sandbox.aws import Delivery
from watchkeeper.sandbox.log_lines import application_lines, broker_lines, database_lines, flow_lines
from watchkeeper.sandbox.telemetry import pipe_data
from watchkeeper.sandbox.workload import ServiceProfile, service_minute

AT = 1_764_000_000 // 300 * 300


def test_an_application_tells_a_sample_of_its_requests_and_more_of_those_that_failed() -> None:
    """Structured, with a level, a trace and the route."""
    minute = service_minute(100, 2, 0.5, ServiceProfile(errors=0.5), 1.0)
    lines = [json.loads(line.text) for line in application_lines("api", "prod", minute, AT)]

    assert [line["http.status_code"] for line in lines] == [200] * 3 + [500] * 10
    assert {line["status"] for line in lines} == {"INFO", "ERROR"}
    assert all(line["service"] == "api" and int(line["dd.trace_id"]) > 0 for line in lines)


def test_a_service_without_requests_is_silent() -> None:
    """Nothing is made up."""
    minute = service_minute(0, 2, 0.5, ServiceProfile(), 1.0)

    assert list(application_lines("api", "prod", minute, AT)) == []


def test_a_slow_database_logs_its_slow_statements() -> None:
    """As `log_min_duration_statement` writes them; a healthy one logs a checkpoint now and then."""
    slow = [line.text for line in database_lines(10.0, AT + 60, is_failing_over=False)]
    healthy = list(database_lines(1.0, AT + 60, is_failing_over=False))

    assert len(slow) == 3
    assert "LOG:  duration: 3500.000 ms  execute insert_order" in slow[0]
    assert healthy == []
    assert "checkpoint" in next(database_lines(1.0, AT, is_failing_over=False)).text


def test_a_failover_ends_connections_in_the_log() -> None:
    """The line that an operator looks for."""
    (line,) = database_lines(1.0, AT + 60, is_failing_over=True)

    assert "FATAL:  terminating connection due to administrator command" in line.text


def test_brokers_and_the_network_write_in_their_own_formats() -> None:
    """Kafka's log4j, and the flow record of version 2 with its fourteen fields."""
    (broker,) = broker_lines(2, AT)
    flows = [line.text.split() for line in flow_lines("111111111111", "eni-1", AT // 180 * 180)]

    assert "brokerId=2" in broker.text
    assert [(len(fields), fields[0], fields[12]) for fields in flows] == [(14, "2", "ACCEPT"), (14, "2", "REJECT")]


def test_firehose_tells_of_what_it_could_not_deliver() -> None:
    """The share of requests that succeeded, the age of the oldest record, and what went into the bucket."""
    streams = {
        "well": Delivery(attempts=1, succeeded=1, delivered=3, waiting=0, backed_up=0, oldest_s=60),
        "ill": Delivery(attempts=4, succeeded=1, delivered=1, waiting=2, backed_up=5, oldest_s=600),
        "stopped": Delivery(attempts=0, succeeded=0, delivered=0, waiting=9, backed_up=0, oldest_s=900),
    }
    found = {(each["dimensions"]["DeliveryStreamName"], each["name"]): each["sum"] for each in pipe_data(streams, AT)}

    prefix = "DeliveryToHttpEndpoint"
    assert found == {
        ("well", f"{prefix}.Success"): 1.0,
        ("well", f"{prefix}.DataFreshness"): 60,
        ("ill", f"{prefix}.Success"): 0.25,
        ("ill", f"{prefix}.DataFreshness"): 600,
        ("ill", "BackupToS3.Records"): 5.0,
        ("stopped", f"{prefix}.DataFreshness"): 900,
    }
