"""What the evaluator computes; everything else is parsed, and refused where a value is asked for, with the reason."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from watchkeeper.query.ast import Call, Expression, Metric, Modified, Node, Variable
from watchkeeper.query.forms import MonitorQuery
from watchkeeper.query.line_functions import DEFAULTS, LOOKING_BACK, POINTWISE
from watchkeeper.query.parts import has_arithmetic, parts_of
from watchkeeper.query.reduction import percent_of
from watchkeeper.query.rollup import rollup_arguments, rollup_of
from watchkeeper.query.smoothing import FITTED

SHIFTS_S: Final = {"hour_before": 3600, "day_before": 86_400, "week_before": 7 * 86_400, "month_before": 28 * 86_400}
ALGORITHMS: Final = frozenset({"anomalies", "outliers", "forecast"})
"""Functions that stand alone at the top of a monitor's query."""
SPACE: Final = frozenset({"avg", "sum", "min", "max", "count", "percentile"})
_RANKS: Final = frozenset(
    {
        f"{end}{count}_{how}"
        for end in ("top", "bottom")
        for count in (5, 10, 15, 20)
        for how in ("mean", "min", "max", "last", "area", "l2norm")
    }
)
RANKING: Final = _RANKS | {"top"}
EVALUATED_FUNCTIONS: Final = frozenset(
    {
        *POINTWISE, *DEFAULTS, *LOOKING_BACK, *SHIFTS_S, *SPACE, *RANKING, "calendar_shift", "count_not_null",
        "count_nonzero", "moving_rollup", "reduce", "robust_trend", "rollup", "timeshift", "trend_line", *FITTED,
    }
)  # fmt: skip
EVALUATED_METHODS: Final = frozenset({"as_count", "as_rate", "fill", "rollup", "weighted"})
EVALUATED_AGGREGATORS: Final = frozenset({"avg", "sum", "min", "max", "count"})
"""Over the series of a group; percentiles besides."""
EVALUATED_WINDOW_AGGREGATORS: Final = frozenset({"avg", "sum", "min", "max"})
"""Over the points of a window; percentiles besides."""


REFUSED_IN_MONITORS: Final[Mapping[str, str]] = MappingProxyType(
    {"autosmooth": "Datadog allows it in graphs only, for its span changes with what is shown"}
)
"""Functions that are computed for a graph and refused in a monitor, and why."""
NEEDING_A_POINT_BEFORE: Final = frozenset(
    {
        "derivative", "diff", "dt", "integral", "monotonic_diff", "per_hour", "per_minute", "per_second", "rate",
    }
)  # fmt: skip
"""Over arithmetic with as_count they would never have a value: there is one number, and none before it."""


class NotEvaluatedError(ValueError):
    """A part of a query that is parsed and not computed. node: which. why: empty where `what` says it all."""

    def __init__(self, what: str, node: Node, why: str = "") -> None:
        super().__init__(f"{what} is not evaluated{f': {why}' if why else ''}")
        self.what = what
        self.why = why
        self.node = node

    @property
    def sentence(self) -> str:
        """What people read: `diff()` is not evaluated, and why."""
        return f"`{self.what}` is not evaluated" + (f": {self.why}" if self.why else "")


def refused_parts(query: MonitorQuery | Expression) -> Iterator[NotEvaluatedError]:
    """Everything in a query that cannot be computed, from left to right."""
    expression = query
    if isinstance(query, MonitorQuery):
        expression = query.expression
        if isinstance(expression, Call) and expression.name in ALGORITHMS:
            expression = expression.operand
        if is_count_path(query):
            yield from (
                NotEvaluatedError(f"{part.name}() of arithmetic with as_count", part, _ONE_NUMBER)
                for part in parts_of(query.expression)
                if isinstance(part, Call) and has_arithmetic(part.operand) and part.name in NEEDING_A_POINT_BEFORE
            )
        yield from (
            NotEvaluatedError(f"{part.name}()", part, REFUSED_IN_MONITORS[part.name])
            for part in parts_of(query.expression)
            if isinstance(part, Call) and part.name in REFUSED_IN_MONITORS
        )
    assert not isinstance(expression, MonitorQuery)
    for part in parts_of(expression):
        what = _refusal(part, is_graph=part is query)
        if what:
            yield NotEvaluatedError(what, part)


_ONE_NUMBER: Final = "arithmetic comes after the window has become one number, which has none before it"


def is_count_path(query: MonitorQuery) -> bool:
    """Whether time comes before arithmetic: with arithmetic and at least one `as_count`."""
    return has_arithmetic(query.expression) and counts(query.expression)


def counts(expression: Expression) -> bool:
    """Whether a query counts (`as_count`)."""
    return any(isinstance(part, Metric) and part.is_count for part in parts_of(expression))


def _refusal(part: Expression, *, is_graph: bool) -> str:
    """is_graph: whether the part is all that a graph asks for."""
    match part:
        case Call(name=name) if name in ALGORITHMS:
            return f"{name}() {'in a graph' if is_graph else 'inside of an expression'}"
        case Call(name=name) if name not in EVALUATED_FUNCTIONS:
            return f"{name}()"
        case Call(name="timeshift", words=words) if not words:
            return "timeshift() without a number"
        case Metric(aggregator=aggregator, bounds=bounds) if bounds and aggregator != "count":
            return f"{aggregator}({bounds})"
        case Metric(aggregator=aggregator) if not (
            aggregator in EVALUATED_AGGREGATORS or percent_of(aggregator) is not None
        ):
            return f"{aggregator}:"
        case Metric():
            return _method_refusal(part)
        case Modified(methods=methods):
            refused = next((each for each in methods if each.name not in ("rollup", "fill", "as_count")), None)
            if refused:
                return f".{refused.name}() on an expression"
            return _words_refusal([each.words for each in methods if each.name == "rollup"])
        case Variable(name=name):
            return f"the variable {name}"
        case _:
            return ""


def _method_refusal(metric: Metric) -> str:
    refused = next((each for each in metric.methods if each.name not in EVALUATED_METHODS), None)
    if refused:
        return f".{refused.name}()"
    try:
        rollup_of(metric)
    except ValueError as err:
        return str(err)
    return ""


def _words_refusal(each: list[tuple[str, ...]]) -> str:
    try:
        for words in each:
            rollup_arguments(words)
    except ValueError as err:
        return str(err)
    return ""
