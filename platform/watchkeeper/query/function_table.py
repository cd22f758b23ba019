"""The functions of Datadog's query language, a row each.

Source: Datadog documentation, "Functions" and its pages (arithmetic, algorithms, count, exclusion, interpolation, rank,
rate, regression, rollup, smoothing, timeshift), read 2026-11; usage counted in the assets of its integrations.
"""

from itertools import product
from typing import Final

from watchkeeper.query.function_model import Function, Parameter

_RANKED_BY: Final = ("mean", "max", "min", "sum", "last", "l2norm", "area")
_REDUCED_BY: Final = ("avg", "mean", "max", "min", "sum", "last", "l2norm", "area", "count", "percentile")
_SECONDS: Final = Parameter("seconds", "number", meaning="Seconds; negative for the past.")
_BOUND: Final = Parameter("bound", "number")
_SEASONALITY: Final = Parameter(
    "seasonality", "text", ("hourly", "daily", "weekly"), meaning="The period that repeats."
)
_KEYS: Final = Parameter("keys", "keys", is_optional=True, meaning="The groups that remain.")


def _family(template: str, *choices: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(template.format(*each) for each in product(*choices))


def _space(name: str, gives: str) -> Function:
    caution = "After a second aggregation only arithmetic, `timeshift` and `top` may follow."
    return Function(name, "Space aggregation", gives, (_KEYS,), takes_queries=True, caution=caution)


ROWS: Final[tuple[Function, ...]] = (
    Function("abs", "Arithmetic", "The value without its sign."),
    Function("log2", "Arithmetic", "The logarithm to base 2; no value where the number is zero or negative."),
    Function("log10", "Arithmetic", "The logarithm to base 10; no value where the number is zero or negative."),
    Function(
        "round",
        "Arithmetic",
        "The nearest whole number, or so many decimals.",
        (Parameter("decimals", "number", is_optional=True),),
    ),
    Function(
        "cumsum",
        "Arithmetic",
        "The sum of all values since the beginning of what is shown.",
        caution="It starts anew with every window, so a monitor on it compares sums of different beginnings.",
    ),
    Function("integral", "Arithmetic", "The sum of value times seconds since the last point."),
    Function(
        "default_zero", "Interpolation", "0 where a bucket has no value; a series that does not exist stays absent."
    ),
    Function(
        "default",
        "Interpolation",
        "The given number where a bucket has no value.",
        (Parameter("value", "number", meaning="What stands for a missing value."),),
        caution="It is absent from Datadog's present list of functions and in use in many live monitors.",
    ),
    Function("exclude_null", "Exclusion", "The groups whose every key has a value: those with N/A are dropped."),
    Function("clamp_min", "Exclusion", "Values below the bound are set to it.", (_BOUND,)),
    Function("clamp_max", "Exclusion", "Values above the bound are set to it.", (_BOUND,)),
    Function("cutoff_min", "Exclusion", "Values below the bound are dropped; those equal to it stay.", (_BOUND,)),
    Function("cutoff_max", "Exclusion", "Values above the bound are dropped; those equal to it stay.", (_BOUND,)),
    Function("count_nonzero", "Count", "How many series have a value other than zero at each time."),
    Function("count_not_null", "Count", "How many series have a value at each time."),
    Function("per_second", "Rate", "The growth since the last point, per second; a falling value is left out."),
    Function("per_minute", "Rate", "The growth since the last point, per minute; a falling value is left out."),
    Function("per_hour", "Rate", "The growth since the last point, per hour; a falling value is left out."),
    Function("dt", "Rate", "The seconds since the last point."),
    Function("diff", "Rate", "The difference to the last point."),
    Function(
        "monotonic_diff", "Rate", "The difference to the last point where it grows; a counter's reset is left out."
    ),
    Function("derivative", "Rate", "The difference to the last point, per second."),
    Function("rate", "Rate", "The difference to the last point, per second; falling values count as they are."),
    Function("throughput", "Rate", "The value divided by the length of its bucket in seconds."),
    Function("hour_before", "Timeshift", "The values of an hour before."),
    Function("day_before", "Timeshift", "The values of a day before."),
    Function("week_before", "Timeshift", "The values of 7 days before."),
    Function("month_before", "Timeshift", "The values of 28 days before."),
    Function("timeshift", "Timeshift", "The values of so many seconds before, if negative.", (_SECONDS,)),
    Function(
        "calendar_shift",
        "Timeshift",
        "The values of a day, week or month before by the calendar of a time zone.",
        (
            Parameter("shift", "text", meaning="`-1d`, `-1w`, `-1mo`."),
            Parameter("timezone", "text", meaning="Such as `UTC` or `Europe/Berlin`."),
            Parameter("preserve_duration", "text", is_optional=True),
        ),
    ),
    Function(
        "autosmooth",
        "Smoothing",
        "A smooth line whose span Datadog chooses.",
        caution="Not for monitors: the span depends on what is shown.",
    ),
    Function(
        "ewma_3",
        "Smoothing",
        "The exponentially weighted average of the last N points.",
        names=_family("ewma_{}", ("3", "5", "7", "10", "20")),
    ),
    Function(
        "median_3",
        "Smoothing",
        "The median of the last N points.",
        names=_family("median_{}", ("3", "5", "7", "9")),
    ),
    Function(
        "rollup",
        "Rollup",
        "A second layer of time aggregation over what stands in the brackets.",
        (
            Parameter("aggregator", "text", ("avg", "sum", "min", "max", "count", "stddev")),
            Parameter("seconds", "number", is_optional=True),
        ),
    ),
    Function(
        "moving_rollup",
        "Rollup",
        "The aggregate over the seconds that end at each point.",
        (
            Parameter("seconds", "number", meaning="The length of the trailing window."),
            Parameter("aggregator", "text", ("avg", "sum", "min", "max", "count", "median")),
        ),
    ),
    Function(
        "top",
        "Rank",
        "The series that rank first.",
        (
            Parameter("limit", "number", meaning="How many; the web form offers 5, 10, 25, 50, 100."),
            Parameter("method", "text", _RANKED_BY, meaning="By what they are ranked."),
            Parameter("order", "text", ("asc", "desc"), meaning="`desc`: the largest first."),
        ),
        caution="In a monitor the ranked groups change from one evaluation to the next, which makes alerts flap.",
    ),
    Function(
        "top5_mean",
        "Rank",
        "The N series with the largest mean, minimum, maximum, last value, area or Euclidean norm.",
        names=_family("top{}_{}", ("5", "10", "15", "20"), ("mean", "min", "max", "last", "area", "l2norm")),
    ),
    Function(
        "bottom5_mean",
        "Rank",
        "The N series with the smallest mean, minimum, maximum, last value, area or Euclidean norm.",
        names=_family("bottom{}_{}", ("5", "10", "15", "20"), ("mean", "min", "max", "last", "area", "l2norm")),
    ),
    Function("robust_trend", "Regression", "A straight line that outliers hardly move."),
    Function("trend_line", "Regression", "A straight line by least squares."),
    Function("piecewise_constant", "Regression", "A line of levels and jumps."),
    Function(
        "reduce",
        "Reduction",
        "One number for the whole series.",
        (Parameter("aggregator", "text", _REDUCED_BY),),
    ),
    _space("avg", "The average over the series of each remaining group."),
    _space("sum", "The sum over the series of each remaining group."),
    _space("min", "The smallest over the series of each remaining group, or of several queries."),
    _space("max", "The largest over the series of each remaining group, or of several queries."),
    _space("count", "How many series each remaining group has."),
    Function(
        "percentile",
        "Space aggregation",
        "A percentile over the series of each remaining group.",
        (Parameter("percentile", "text", meaning="Such as `p90`."), _KEYS),
    ),
    Function(
        "anomalies",
        "Algorithms",
        "The share of points outside of the band that the past makes one expect.",
        (
            Parameter("algorithm", "text", ("basic", "agile", "robust")),
            Parameter("deviations", "number", is_optional=True, meaning="The width of the band."),
        ),
        (
            Parameter("direction", "text", ("above", "below", "both")),
            Parameter("alert_window", "text", meaning="The window whose points are counted."),
            Parameter("interval", "number", meaning="Seconds between points."),
            Parameter("count_default_zero", "text", ("true", "false")),
            _SEASONALITY,
            Parameter("timezone", "text"),
        ),
        caution="Datadog's algorithms are not public: every value is an approximation.",
    ),
    Function(
        "outliers",
        "Algorithms",
        "1 for a group that behaves unlike the others, 0 for the rest.",
        (
            Parameter("algorithm", "text", ("dbscan", "mad", "scaleddbscan", "scaledmad")),
            Parameter("tolerance", "number", is_optional=True),
            Parameter("percentage", "number", is_optional=True, meaning="Of the MAD family: the share of points."),
        ),
        caution="Datadog's algorithms are not public: every value is an approximation.",
    ),
    Function(
        "forecast",
        "Algorithms",
        "The band in which the values to come are expected.",
        (
            Parameter("algorithm", "text", ("linear", "seasonal")),
            Parameter("deviations", "number", is_optional=True, meaning="The width of the band."),
        ),
        (
            Parameter("interval", "text", meaning="Between points, such as `60m`."),
            Parameter("history", "text", meaning="How far back it learns, such as `1w`."),
            Parameter("model", "text", ("default", "simple", "reactive")),
            _SEASONALITY,
        ),
        caution="No anomalies, cumsum, integral, outliers, piecewise_constant, robust_trend, trend_line inside of it.",
    ),
    Function("failed_runs", "Data jobs", "How many runs of the jobs of a query failed; in monitors of data jobs only."),
)
