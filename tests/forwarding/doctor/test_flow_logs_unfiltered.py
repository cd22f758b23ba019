"""Rule flow-logs-unfiltered."""

from typing import Any

from tests.forwarding.doctor.conftest import Examine, resource, subscription


def _flow_log(**given: Any) -> Any:
    return resource("AWS::EC2::FlowLog", **{"TrafficType": "ALL", "LogGroupName": "/vpc/prod", **given})


def test_every_connection_through_a_subscription_is_found(doctor: Examine) -> None:
    """Accepted connections are nearly all of them."""
    assert len(doctor("flow-logs-unfiltered", {"Log": _flow_log(), "Filter": subscription("/vpc/prod")})) == 1


def test_every_connection_straight_to_firehose_is_found(doctor: Examine) -> None:
    """There is no pattern on that way."""
    assert len(doctor("flow-logs-unfiltered", {"Log": _flow_log(LogDestinationType="kinesis-data-firehose")})) == 1


def test_rejected_ones_kept_ones_and_filtered_ones_are_no_finding(doctor: Examine) -> None:
    """Silence: what stays in CloudWatch costs little."""
    direct = _flow_log(TrafficType="REJECT", LogDestinationType="kinesis-data-firehose")
    filtered = {"Log": _flow_log(), "Filter": subscription("/vpc/prod", FilterPattern="REJECT")}

    assert doctor("flow-logs-unfiltered", {"Log": direct}) == []
    assert doctor("flow-logs-unfiltered", {"Log": _flow_log()}) == []
    assert doctor("flow-logs-unfiltered", filtered) == []
