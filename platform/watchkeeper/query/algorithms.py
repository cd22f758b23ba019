"""Anomalies, outliers and forecasts in a monitor: the lines they look at, and the one value of each group.

Datadog's algorithms are not public: these are the families that its documentation describes, and every value is an
approximation. Interpolation is off for them, so that no point changes after it was judged.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from watchkeeper.query.anomaly_bands import AnomalyPlan, anomaly_plan, is_anomalous, judged
from watchkeeper.query.ast import (
    Binary,
    Call,
    Expression,
    Keyword,
    Method,
    Metric,
    Modified,
    Negative,
    Text,
    Word,
)
from watchkeeper.query.evaluated import ALGORITHMS
from watchkeeper.query.expression_lines import expression_lines
from watchkeeper.query.forecasts import ForecastPlan, bound_of_forecast, forecast_plan
from watchkeeper.query.forms import MonitorQuery, window_of
from watchkeeper.query.lines import Group, Line, Lines
from watchkeeper.query.outlier_clusters import outlying
from watchkeeper.query.parts import parts_of
from watchkeeper.query.reduction import NAN
from watchkeeper.query.rollup import BUCKET_S, rollup_arguments
from watchkeeper.query.series import SeriesSource
from watchkeeper.query.settings import anomaly_settings, forecast_settings, outlier_settings
from watchkeeper.query.smoothing import FITTED
from watchkeeper.query.visit import Subject, expression_of

APPROXIMATION: Final = "Datadog's algorithm is not public: {} is approximated, see docs/reference/how-we-differ.md"


def approximations(subject: Subject) -> tuple[str, ...]:
    """What of a query is approximated, a sentence each; every output that shows its values shows these too."""
    expression = expression_of(subject)
    parts = () if expression is None else parts_of(expression)
    called = (part.name for part in parts if isinstance(part, Call))
    names = dict.fromkeys(name for name in called if name in ALGORITHMS or name in FITTED)
    return tuple(APPROXIMATION.format(f"{name}()") for name in names)


def learns_from_s(query: MonitorQuery) -> int:
    """How many seconds before the end of an evaluation the points begin that an algorithm looks at; 0 of any other."""
    call = query.expression
    if isinstance(call, Call) and (anomalies := anomaly_settings(call)) is not None:
        plan = anomaly_plan(anomalies, query.window_s)
        return plan.interval_s * (plan.alert_points + plan.reach)
    if isinstance(call, Call) and (forecast := forecast_settings(call)) is not None:
        planned = forecast_plan(forecast, query)
        return planned.interval_s * planned.history_points
    return 0


def is_anomalies(query: MonitorQuery) -> bool:
    """Whether the query's value is the share of anomalous points."""
    return isinstance(query.expression, Call) and query.expression.name == "anomalies"


def recovery_query(query: MonitorQuery, recovery_window: str | None) -> MonitorQuery | None:
    """The query whose value decides on recovery: anomalies over the recovery window; None where it is the same."""
    call = query.expression
    settings = anomaly_settings(call)
    window = window_of(recovery_window or "")
    if settings is None or window is None or not isinstance(call, Call):
        return None
    alert_s = settings.alert_window.seconds if settings.alert_window else query.window_s
    if window.seconds == alert_s:
        return None
    kept = (each for each in call.arguments if not (isinstance(each, Keyword) and each.name == "alert_window"))
    longer = Keyword("alert_window", Text(window.text))
    return replace(query, expression=replace(call, arguments=(*kept, longer)))


def algorithm_values(
    query: MonitorQuery, call: Call, source: SeriesSource, start: int, end: int
) -> Mapping[Group, float]:
    """The value of each group in [start, end): a share, 1 or 0, or the bound of a forecast."""
    anomalies = anomaly_settings(call)
    if anomalies is not None:
        return _anomalies(anomaly_plan(anomalies, query.window_s), call, source, end)
    outliers = outlier_settings(call)
    if outliers is not None:
        lines = lines_of(call.operand, source, start, end, BUCKET_S)
        return outlying({group: line.values for group, line in lines.by_group.items()}, outliers)
    forecast = forecast_settings(call)
    assert forecast is not None
    plan = forecast_plan(forecast, query)
    return _forecasts(plan, call, source, end)


def _anomalies(plan: AnomalyPlan, call: Call, source: SeriesSource, end: int) -> Mapping[Group, float]:
    step_s = plan.interval_s
    last = end // step_s * step_s
    points = plan.alert_points
    lines = lines_of(call.operand, source, last - step_s * (points + plan.reach), last, step_s)
    found = {}
    for group, line in lines.by_group.items():
        values = plan.prepared(line.values)
        expected = judged(plan, values)
        first = len(values) - points
        verdicts = [is_anomalous(plan, values, expected, index) for index in range(first, len(values))]
        found[group] = share_of(verdicts)
    return found


def share_of(verdicts: Sequence[bool | None]) -> float:
    """The share of anomalous points among those that can be judged; NaN where none can."""
    known = [verdict for verdict in verdicts if verdict is not None]
    return sum(known) / len(known) if known else NAN


def _forecasts(plan: ForecastPlan, call: Call, source: SeriesSource, end: int) -> Mapping[Group, float]:
    step_s = plan.interval_s
    last = end // step_s * step_s
    lines = lines_of(call.operand, source, last - plan.history_points * step_s, last, step_s)
    found = {group: bound_of_forecast(plan, line.values) for group, line in lines.by_group.items()}
    return {group: value for group, value in found.items() if not math.isnan(value)}


def lines_of(expression: Expression, source: SeriesSource, start: int, end: int, step_s: int) -> Lines:
    """The lines of the inner query, without interpolation."""
    found = expression_lines(without_fill(expression), source, start, end, step_s)
    if isinstance(found, Lines):
        return found
    labels = range(start, end, step_s)
    return Lines((), {(): Line(labels, [found] * len(labels), step_s)})


def without_fill(expression: Expression) -> Expression:
    """The same expression in the buckets of the algorithm; gaps that the query does not fill itself stay empty."""
    match expression:
        case Metric(methods=methods):
            named = [_without_interval(each) if each.name == "rollup" else each for each in methods]
            named = [each for each in named if each.arguments or each.name != "rollup"]
            if not expression.method("fill"):
                named.append(Method("fill", (Word("null"),)))
            return replace(expression, methods=tuple(named))
        case Binary(left=left, right=right):
            return replace(expression, left=without_fill(left), right=without_fill(right))
        case Negative(operand=operand) | Call(operand=operand) | Modified(operand=operand):
            return replace(expression, operand=without_fill(operand))
        case _:
            return expression


def _without_interval(method: Method) -> Method:
    asked = rollup_arguments(method.words)
    return replace(method, arguments=(Word(asked.named),) if asked.named else ())
