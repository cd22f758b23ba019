"""The forecast of a service's load, from the hours that the emulated CloudWatch has.

AWS keeps its forecast to itself; ours is that of `autoscaling/predictive_scaling.py`, and approximates it.
"""

from typing import Final

from watchkeeper.autoscaling.metrics import LOADS, resolved
from watchkeeper.autoscaling.model import PredictiveMetric
from watchkeeper.autoscaling.predictive_scaling import HOUR_S, MOST_DAYS, Forecast, forecast_from, is_renewed
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.datapoints import as_asked, read_datapoints
from watchkeeper.sandbox.deployed import QUICK_S, DeployedService

_MINUTE_S: Final = 60


class Forecasts:
    """Reads the history of one service when a forecast is due: at first, then every six hours."""

    def __init__(self, cloud: Cloud, service: DeployedService) -> None:
        self._cloudwatch = cloud.client("cloudwatch")
        self._service = service
        self._renewed_at: int | None = None
        self._forecast: Forecast = {}

    def at(self, moment: int) -> Forecast:
        """What is forecast at that moment; empty without a predictive policy."""
        policy = self._service.scaling.predictive
        if policy is not None and is_renewed(self._renewed_at, moment):
            self._forecast = forecast_from(self.history(policy.metric, moment), moment)
            self._renewed_at = moment
        return self._forecast

    def history(self, load: PredictiveMetric, moment: int) -> dict[int, float]:
        """The load of each hour before that of `moment`, all tasks together, the mean of its minutes.

        An hour in which nothing was published is not in it.
        """
        metric = resolved(LOADS[load], self._service.names)
        hour = moment - moment % HOUR_S
        stat = {"Metric": as_asked(metric), "Period": HOUR_S, "Stat": metric.statistic}
        begin = hour - MOST_DAYS * 24 * HOUR_S
        sums = read_datapoints(self._cloudwatch, {"load": stat}, begin, hour)["load"]
        datapoints = HOUR_S // (QUICK_S if metric.name in self._service.quick_metrics else _MINUTE_S)
        return {begun: total / datapoints for begun, total in sums.items()}
