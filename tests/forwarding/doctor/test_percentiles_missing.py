"""Rule percentiles-missing."""

from typing import Any

import pytest

from tests.forwarding.doctor.conftest import Examine, resource

_STATISTICS = [
    {
        "AdditionalStatistics": ["p99"],
        "IncludeMetrics": [{"Namespace": "AWS/ApplicationELB", "MetricName": "TargetResponseTime"}],
    }
]


def _stream(**given: Any) -> dict[str, Any]:
    return {"Stream": resource("AWS::CloudWatch::MetricStream", **given)}


@pytest.mark.parametrize(
    "filters",
    [
        [{"Namespace": "AWS/ApplicationELB"}],
        [{"Namespace": "AWS/ApplicationELB", "MetricNames": ["TargetResponseTime"]}],
        [],
    ],
    ids=["the namespace", "the metric", "everything"],
)
def test_a_response_time_without_percentiles_is_found(doctor: Examine, filters: list[Any]) -> None:
    """Datadog stops polling what is streamed, and the percentiles with it."""
    (found,) = doctor("percentiles-missing", _stream(IncludeFilters=filters))

    assert "TargetResponseTime" in found.fix


@pytest.mark.parametrize(
    "given",
    [
        {"IncludeFilters": [{"Namespace": "AWS/ApplicationELB"}], "StatisticsConfigurations": _STATISTICS},
        {"IncludeFilters": [{"Namespace": "AWS/RDS"}]},
        {"IncludeFilters": [{"Namespace": "AWS/ApplicationELB", "MetricNames": ["RequestCount"]}]},
    ],
    ids=["asked for", "another namespace", "other metrics"],
)
def test_streams_that_need_none_are_no_finding(doctor: Examine, given: dict[str, Any]) -> None:
    """Silence."""
    assert doctor("percentiles-missing", _stream(**given)) == []
