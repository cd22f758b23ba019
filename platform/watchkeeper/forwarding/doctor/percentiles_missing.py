"""percentiles-missing: once a namespace is streamed Datadog polls it no more, and percentiles are gone."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import listed
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "percentiles-missing"
_WATCHED: Final = (("AWS/ApplicationELB", "TargetResponseTime"),)
"""Metrics that are looked at by percentile; their average says nothing."""


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each stream that carries such a metric without a percentile."""
    for stream in subject.stacks.of_type("AWS::CloudWatch::MetricStream"):
        filters = {
            each.get("Namespace"): each.get("MetricNames") for each in listed(stream.properties.get("IncludeFilters"))
        }
        asked = {
            (metric.get("Namespace"), metric.get("MetricName"))
            for each in listed(stream.properties.get("StatisticsConfigurations"))
            for metric in listed(each.get("IncludeMetrics"))
        }
        for namespace, metric in _WATCHED:
            names = filters.get(namespace)
            is_carried = (not filters or namespace in filters) and (not names or metric in names)
            if is_carried and (namespace, metric) not in asked:
                what = f"carries {metric} without percentiles, and Datadog does not poll what is streamed"
                fix = f"add `percentiles: {{{metric}: [p50, p90, p95, p99]}}` to {namespace}"
                yield finding(RULE, stream, what, fix, "warning")
