"""forecast-operand: a function that cannot be forecast."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, calls_of, has_call
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Call
from watchkeeper.query.parts import parts_of

_FORBIDDEN: Final = ("anomalies", "cumsum", "integral", "outliers", "piecewise_constant", "robust_trend", "trend_line")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for call in calls_of(subject, "forecast"):
        for part in parts_of(call.operand):
            if isinstance(part, Call) and part.name in _FORBIDDEN:
                yield Flaw(f"`{part.name}` cannot be forecast", QUERY, offset=part.at)


RULE = Rule(
    id="forecast-operand",
    severity="error",
    title="A function that cannot be forecast",
    why=(
        "Datadog refuses anomalies, cumsum, integral, outliers, piecewise_constant, robust_trend and "
        "trend_line inside of a forecast."
    ),
    fix="forecast the metric itself",
    source='Datadog documentation, "Forecasts monitor"',
    applies=has_call("forecast"),
    check=_check,
    bad=(
        "query: \"max(next_1w):forecast(trend_line(avg:system.disk.in_use{*} by {host}), 'linear', 1, "
        "interval='60m') >= 0.9\""
    ),
    good=(
        "query: \"max(next_1w):forecast(abs(avg:system.disk.in_use{*} by {host}), 'linear', 1, interval='60m') >= 0.9\""
    ),
)
