"""Rule stream-format."""

from tests.forwarding.doctor.conftest import Examine, delivery, resource


def _stream(given: str) -> dict[str, object]:
    arn = {"Fn::GetAtt": ["Pipe", "Arn"]}
    return resource("AWS::CloudWatch::MetricStream", FirehoseArn=arn, OutputFormat=given)


def test_a_stream_in_json_is_found(doctor: Examine) -> None:
    """Datadog would take none of it."""
    assert len(doctor("stream-format", {"Pipe": delivery(), "Stream": _stream("json")})) == 1


def test_opentelemetry_is_no_finding(doctor: Examine) -> None:
    """Silence."""
    assert doctor("stream-format", {"Pipe": delivery(), "Stream": _stream("opentelemetry1.0")}) == []


def test_a_stream_to_somebody_else_has_any_format(doctor: Examine) -> None:
    """Only Datadog's intake is known."""
    assert doctor("stream-format", {"Stream": _stream("json")}) == []
