"""What anomalies, outliers and forecasts are told by their arguments, read from the call in the query.

Source: Datadog documentation, "Anomaly monitor", "Outlier monitor", "Forecasts monitor", read 2026-11.
"""

from dataclasses import dataclass

from watchkeeper.query.ast import Call, Expression
from watchkeeper.query.forms import Window, window_of


@dataclass(frozen=True, slots=True)
class AnomalySettings:
    """`anomalies(query, 'agile', 3, direction='above', alert_window='last_15m', interval=60, ...)`.

    algorithm: basic, agile or robust. deviations: half the width of the band, as a multiple. interval_s: None where
    Datadog chooses. alert_window: the window whose points are counted; None where it is the monitor's own.
    seasonality: hourly, daily, weekly, or "" where there is none.
    """

    query: Expression
    algorithm: str
    deviations: float
    direction: str
    alert_window: Window | None
    interval_s: int | None
    counts_missing_as_zero: bool
    seasonality: str
    timezone: str


@dataclass(frozen=True, slots=True)
class OutlierSettings:
    """`outliers(query, 'DBSCAN', tolerance, percentage)`. percentage: of the MAD family."""

    query: Expression
    algorithm: str
    tolerance: float
    percentage: float | None


@dataclass(frozen=True, slots=True)
class ForecastSettings:
    """`forecast(query, 'linear', deviations, interval='60m', history='1w', model='default')`.

    interval_s: None where Datadog chooses. history: how far back it learns. seasonality: of the seasonal algorithm.
    """

    query: Expression
    algorithm: str
    deviations: float
    interval_s: int | None
    history: Window | None
    model: str
    seasonality: str


def anomaly_settings(expression: Expression) -> AnomalySettings | None:
    """The settings of a call of `anomalies`; None for any other expression."""
    if not isinstance(expression, Call) or expression.name != "anomalies":
        return None
    words = (*expression.words, "", "")
    return AnomalySettings(
        expression.operand,
        words[0] or "basic",
        _number(words[1], 2.0),
        expression.keyword("direction") or "both",
        window_of(expression.keyword("alert_window") or ""),
        _seconds(expression.keyword("interval")),
        (expression.keyword("count_default_zero") or "false").lower() == "true",
        expression.keyword("seasonality") or "",
        expression.keyword("timezone") or "utc",
    )


def outlier_settings(expression: Expression) -> OutlierSettings | None:
    """The settings of a call of `outliers`; None for any other expression."""
    if not isinstance(expression, Call) or expression.name != "outliers":
        return None
    words = (*expression.words, "", "", "")
    percentage = _number(words[2], -1.0)
    return OutlierSettings(
        expression.operand, words[0] or "DBSCAN", _number(words[1], 3.0), None if percentage < 0 else percentage
    )


def forecast_settings(expression: Expression) -> ForecastSettings | None:
    """The settings of a call of `forecast`; None for any other expression."""
    if not isinstance(expression, Call) or expression.name != "forecast":
        return None
    words = (*expression.words, "", "")
    return ForecastSettings(
        expression.operand,
        words[0] or "linear",
        _number(words[1], 1.0),
        _seconds(expression.keyword("interval")),
        window_of(expression.keyword("history") or ""),
        expression.keyword("model") or "default",
        expression.keyword("seasonality") or "",
    )


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


def _seconds(text: str | None) -> int | None:
    """`60` in seconds, `30m` in its unit."""
    if text is None:
        return None
    window = window_of(text)
    return window.seconds if window is not None else int(_number(text, 0.0)) or None
