"""Datapoints as the emulated CloudWatch gives them, and metric math over them, which it does not know."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from watchkeeper.autoscaling.metric_math import UnknownFunctionError, evaluate, parse_math
from watchkeeper.autoscaling.model import CloudWatchMetric

Stamped = Mapping[int, float]
"""Values by the beginning of their period, in Unix seconds."""


def as_asked(metric: CloudWatchMetric) -> dict[str, Any]:
    """A metric as GetMetricData and PutMetricAlarm take it."""
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions.items()]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}


def read_datapoints(
    cloudwatch: Any,  # noqa: ANN401 - boto3's client
    stats: Mapping[str, Mapping[str, Any]],
    begin: int,
    end: int,
) -> dict[str, Stamped]:
    """What CloudWatch has from `begin` until before `end`, by the ids of what is asked. stats: each a MetricStat."""
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": name, "MetricStat": stat} for name, stat in stats.items()],
        StartTime=datetime.fromtimestamp(begin, UTC),
        EndTime=datetime.fromtimestamp(end, UTC),
    )
    return {
        result["Id"]: {
            int(stamp.timestamp()): value for stamp, value in zip(result["Timestamps"], result["Values"], strict=True)
        }
        for result in answer["MetricDataResults"]
    }


def at_times(stamped: Stamped, times: Iterable[int]) -> list[float | None]:
    """One value for each time, None where there is none."""
    return [stamped.get(each) for each in times]


def evaluated(expression: str, series: Mapping[str, Sequence[float | None]]) -> list[float | None]:
    """Metric math over series of one length; a function that is not known here gives no datapoints."""
    try:
        return evaluate(parse_math(expression), series)
    except UnknownFunctionError:
        return [None] * max((len(values) for values in series.values()), default=0)
