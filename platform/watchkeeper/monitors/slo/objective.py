"""What an objective's JSON is measured by: events that were counted, monitors, or slices of time. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

from watchkeeper.monitors.slo.model import DAYS
from watchkeeper.project.identity import Ref
from watchkeeper.query.ast import Call, Comparator, Expression, Metric, Variable
from watchkeeper.query.evaluated import NotEvaluatedError
from watchkeeper.query.expression_lines import shift_of
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.filling import filled_in
from watchkeeper.query.forms import MemberId, SloQuery
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_metric_query
from watchkeeper.query.parts import metrics_of, parts_of
from watchkeeper.query.slices import in_slices

Slos = Mapping[str, Mapping[str, Any]]
"""Objectives as Datadog's JSON, by the id or name that a query gives them."""

SLICE_S: Final = 300
"""How long a slice is where the objective does not say it."""
SLICES_S: Final = (60, 300)
_DIGITS: Final = 9
COMPARATORS: Final[tuple[Comparator, ...]] = (">", ">=", "<", "<=")
Failure = Callable[[str], QuerySyntaxError]
"""A sentence about the objective, at its name in the query."""


@dataclass(frozen=True, slots=True)
class Objective:
    """budgets: the percent that may be bad, over each time-frame."""

    budgets: Mapping[str, float]

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric that it looks at itself."""
        return ()

    @property
    def members(self) -> tuple[MemberId, ...]:
        """The monitors that it is made of: Datadog's numbers, or names of declared ones."""
        return ()

    def budget(self, query: SloQuery) -> float:
        """The budget that an alert speaks of, in percent. Raises QuerySyntaxError where nothing is aimed at."""
        text = timeframe_of(query)
        if text not in self.budgets:
            known = ", ".join(self.budgets) or "none"
            message = f"the SLO has no target over {text}"
            raise QuerySyntaxError(message, query.text, query.over.at, fix=f"it has: {known}", end=query.over.end)
        return self.budgets[text]


@dataclass(frozen=True, slots=True)
class Counted(Objective):
    """Events are counted: good, total."""

    good: Expression
    total: Expression

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric that is counted."""
        return (*metrics_of(self.good), *metrics_of(self.total))


@dataclass(frozen=True, slots=True)
class Sliced(Objective):
    """A slice of time is good where the value of every group compares well with the threshold, or there is none."""

    expression: Expression
    comparator: Comparator
    threshold: float
    slice_s: int

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric of the query."""
        return metrics_of(self.expression)

    @property
    def is_shifted(self) -> bool:
        """Whether a slice may have a value where nothing is recorded: of an earlier time."""
        return any(isinstance(part, Call) and shift_of(part, 0) is not None for part in parts_of(self.expression))


@dataclass(frozen=True, slots=True)
class Monitored(Objective):
    """Time is good while none of the monitors is down. groups: those that count, all where none is named."""

    monitors: tuple[MemberId, ...]
    groups: frozenset[frozenset[str]]

    @property
    def members(self) -> tuple[MemberId, ...]:
        """The monitors that it is made of."""
        return self.monitors


def timeframe_of(query: SloQuery) -> str:
    """`7d`, `30d` or `90d`, however the query writes it."""
    days = query.over.seconds // 86_400
    return next((name for name, length in DAYS.items() if length == days), f"{days}d")


def objective_for(query: SloQuery, slos: Slos) -> Counted | Sliced | Monitored:
    """What the objective that a query names asks for. Raises QuerySyntaxError where it cannot be told or computed."""
    name = query.slo

    def failure(message: str, fix: str = "export it again") -> QuerySyntaxError:
        return QuerySyntaxError(message, query.text, name.at, fix=fix, end=name.end)

    definition = slos.get(name.plain)
    if definition is None:
        fix = "declare it under `slos:`; of exported monitors, put the SLO's JSON beside them"
        raise failure(f"the SLO `{name.plain}` is not here", fix)
    budgets = _budgets(definition, partial(failure, f"the thresholds of the SLO `{name.plain}` are none"))
    specification = definition.get("sli_specification")
    given = specification if isinstance(specification, Mapping) else {}
    match definition.get("type"):
        case "metric" if isinstance(definition.get("query"), Mapping):
            counts = definition["query"]
            return Counted(budgets, _parsed(str(counts.get("numerator"))), _parsed(str(counts.get("denominator"))))
        case "metric" if isinstance(given.get("count"), Mapping):
            return _counted(given["count"], budgets, failure)
        case "time_slice" if isinstance(given.get("time_slice"), Mapping):
            return _sliced(given["time_slice"], budgets, failure)
        case "monitor" if definition.get("monitor_ids"):
            return Monitored(budgets, tuple(map(_member, definition["monitor_ids"])), _groups(definition))
        case kind:
            raise failure(f"an SLO {_WHAT.get(str(kind), 'of an unknown type')} is not evaluated")


_WHAT: Final[Mapping[str, str]] = {
    "metric": "without numerator and denominator",
    "monitor": "without monitors",
    "time_slice": "that says nothing of its slices",
}


def _budgets(definition: Mapping[str, Any], failure: Callable[[], QuerySyntaxError]) -> Mapping[str, float]:
    try:
        return {
            str(each["timeframe"]): round(100 - float(each["target"]), _DIGITS)
            for each in definition.get("thresholds") or ()
            if 0 < float(each["target"]) < 100  # noqa: PLR2004 - percent
        }
    except (KeyError, TypeError, ValueError) as err:
        raise failure() from err


def _member(given: object) -> MemberId:
    if isinstance(given, Ref):
        return given.identity.short
    return given if isinstance(given, int) else str(given)


def _groups(definition: Mapping[str, Any]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(tag.strip() for tag in str(each).split(",")) for each in definition.get("groups") or ())


def _counted(given: Mapping[str, Any], budgets: Mapping[str, float], failure: Failure) -> Counted:
    """As `sli_specification.count` says it: good events, and all or the bad ones."""
    good, total, bad = (given.get(f"{name}_events_formula") for name in ("good", "total", "bad"))
    if good is None or (total is None) == (bad is None):
        raise failure("the SLO needs good_events_formula, and one of total_events_formula and bad_events_formula")
    good_text = _formula_text(good)
    text = f"{good_text} + ({_formula_text(bad)})" if total is None else _formula_text(total)
    queries = given.get("queries")
    return Counted(budgets, _filled(good_text, queries, failure), _filled(text, queries, failure))


def _sliced(given: Mapping[str, Any], budgets: Mapping[str, float], failure: Failure) -> Sliced:
    query, comparator = given.get("query"), given.get("comparator")
    threshold, slice_s = given.get("threshold"), given.get("query_interval_seconds") or SLICE_S
    if not isinstance(query, Mapping):
        raise failure("the slices of the SLO have no query")
    compared = next((each for each in COMPARATORS if each == comparator), None)
    if compared is None:
        raise failure(f"the SLO compares by `{comparator}`, and not by one of {', '.join(COMPARATORS)}")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        raise failure("the threshold of the SLO is no number")
    if slice_s not in SLICES_S:
        raise failure(f"slices of {slice_s} s are not to be had: they are 60 or 300 s long")
    formulas = query.get("formulas")
    if not isinstance(formulas, Sequence) or len(formulas) != 1:
        raise failure("the SLO needs exactly one formula")
    expression = _filled(_formula_text(formulas[0]), query.get("queries"), failure)
    try:
        return Sliced(budgets, in_slices(expression, slice_s), compared, float(threshold), slice_s)
    except NotEvaluatedError as err:
        raise failure(f"the SLO's query: {err.sentence}") from err


def _formula_text(given: object) -> str:
    return str(given.get("formula") or "") if isinstance(given, Mapping) else str(given or "")


def _filled(text: str, queries: object, failure: Failure) -> Expression:
    """A formula with the queries that it names. Raises QuerySyntaxError."""
    known = {
        str(each.get("name")): str(each.get("query"))
        for each in (queries if isinstance(queries, Sequence) else ())
        if isinstance(each, Mapping)
    }

    def found(part: Variable | Call) -> Expression | None:
        if isinstance(part, Call):
            return None
        if part.name not in known:
            raise failure(f"the SLO's formula names `{part.name}`, which is none of its queries")
        return _parsed(known[part.name])

    return filled_in(parse_expression(text, is_formula=True), found)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Expression:
    return parse_metric_query(text)
