"""CloudWatch alarms on metric math, which ministack's CloudFormation refuses; and alarms are left to the conductor."""

from typing import Any, Final

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from .clock import CLOCK
from .resources import Props

_OF_ONE_METRIC: Final = (
    "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions", "Unit",
)  # fmt: skip


def record(name: str, props: Props) -> dict[str, Any]:
    """The stored alarm of a template's; one on metric math has `Metrics` and no metric of its own."""
    metrics = props.get("Metrics")
    if not metrics:
        return _plain_record(name, props)  # type: ignore[no-any-return]
    rest = {key: value for key, value in props.items() if key != "Metrics"}
    alarm: dict[str, Any] = _plain_record(name, {**rest, "MetricName": "-", "Namespace": "-"})
    for key in _OF_ONE_METRIC:
        alarm.pop(key, None)
    alarm["Metrics"] = metrics
    return alarm


_plain_record = provisioners._cw_metric_alarm_record


def register() -> None:
    """Take them. CloudWatch gets virtual time, and evaluates nothing by itself."""
    provisioners._cw_metric_alarm_record = record
    cloudwatch.time = CLOCK
    cloudwatch._evaluate_all_alarms = lambda: None
    cloudwatch._evaluate_alarm = lambda _alarm: None
