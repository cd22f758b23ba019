"""What an objective's JSON asks of the series: the good events, all events, and how many must be good. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from watchkeeper.monitors.slo.model import DAYS
from watchkeeper.query.ast import Expression, Metric, metrics_of
from watchkeeper.query.forms import SloQuery
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_metric_query

Slos = Mapping[str, Mapping[str, Any]]
"""Objectives as Datadog's JSON, by the id or name that a query gives them."""

_DIGITS: Final = 9
_WHAT: Final[Mapping[str, str]] = {"monitor": "on monitors", "time_slice": "on slices of time"}


@dataclass(frozen=True, slots=True)
class Objective:
    """Events are counted: good, total. budget: the percent of them that may be bad, over each time-frame."""

    good: Expression
    total: Expression
    budgets: Mapping[str, float]

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric that is counted."""
        return (*metrics_of(self.good), *metrics_of(self.total))

    def budget(self, query: SloQuery) -> float:
        """The budget that an alert speaks of, in percent. Raises QuerySyntaxError where nothing is aimed at."""
        text = timeframe_of(query)
        if text not in self.budgets:
            known = ", ".join(self.budgets) or "none"
            message = f"the SLO has no target over {text}"
            raise QuerySyntaxError(message, query.text, query.over.at, fix=f"it has: {known}", end=query.over.end)
        return self.budgets[text]


def timeframe_of(query: SloQuery) -> str:
    """`7d`, `30d` or `90d`, however the query writes it."""
    days = query.over.seconds // 86_400
    return next((name for name, length in DAYS.items() if length == days), f"{days}d")


def objective_for(query: SloQuery, slos: Slos) -> Objective:
    """What the objective that a query names asks for. Raises QuerySyntaxError where it cannot be told or computed."""
    name = query.slo
    definition = slos.get(name.plain)
    if definition is None:
        fix = "declare it under `slos:`; of exported monitors, put the SLO's JSON beside them"
        raise QuerySyntaxError(f"the SLO `{name.plain}` is not here", query.text, name.at, fix=fix, end=name.end)
    kind = str(definition.get("type") or "")
    counts = definition.get("query")
    if kind != "metric" or not isinstance(counts, Mapping):
        what = _WHAT.get(kind, "without numerator and denominator")
        message = f"an SLO {what} is not evaluated"
        raise QuerySyntaxError(message, query.text, name.at, fix="test it against Datadog itself", end=name.end)
    try:
        budgets = {
            str(each["timeframe"]): round(100 - float(each["target"]), _DIGITS)
            for each in definition.get("thresholds") or ()
            if 0 < float(each["target"]) < 100  # noqa: PLR2004 - percent
        }
    except (KeyError, TypeError, ValueError) as err:
        message = f"the thresholds of the SLO `{name.plain}` are none"
        raise QuerySyntaxError(message, query.text, name.at, fix="export it again", end=name.end) from err
    return Objective(_parsed(str(counts.get("numerator"))), _parsed(str(counts.get("denominator"))), budgets)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Expression:
    return parse_metric_query(text)
