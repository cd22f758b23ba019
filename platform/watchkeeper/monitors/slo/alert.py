"""Alerts on objectives, minute by minute: how fast the error budget burns, and how much of it is gone. Pure.

burn rate = error rate / (1 - target), over the long window and over the short one; the alert needs both. Budget that is
gone, in percent = 100 times the burn rate over the whole time-frame. Sources: Datadog documentation, "Burn Rate Alerts"
and "Error Budget Alerts" (read 2026-11); Google, The Site Reliability Workbook, chapter 5.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from watchkeeper.monitors.downtime import Downtime, Muting
from watchkeeper.monitors.memory import MonitorMemory
from watchkeeper.monitors.rules import Asked, Rules, rules_of
from watchkeeper.monitors.schedule import evaluated_period, evaluation_interval_s, is_due
from watchkeeper.monitors.slo.objective import Objective, Slos, objective_for
from watchkeeper.monitors.state import GroupState, Transition, next_state
from watchkeeper.query.ast import Expression
from watchkeeper.query.evaluate import Evaluation, window_values
from watchkeeper.query.forms import MonitorQuery, SloQuery, Window
from watchkeeper.query.series import SeriesSource

NAMES: Final[Mapping[str, str]] = {"long": "long_window_burn_rate", "short": "short_window_burn_rate"}
"""What messages call the two rates."""
_WHOLE: Final = ()


@dataclass(frozen=True, slots=True)
class Rates:
    """value: what is compared with the threshold, None without any event. rates: as messages name them."""

    value: float | None
    rates: tuple[tuple[str, float], ...] = ()


def slo_rules(query: SloQuery, definition: Mapping[str, Any]) -> Rules:
    """How an alert on an objective moves between its states; silence keeps the state."""
    asked = Asked(comparator=query.comparator, critical=query.threshold, window_s=window_of_alert(query).seconds)
    return rules_of(definition, asked)


def window_of_alert(query: SloQuery) -> Window:
    """The window that says how often the alert is evaluated: the long one, or the whole time-frame."""
    return query.long_window or query.over


def counting(expression: Expression, window: Window, query: SloQuery) -> MonitorQuery:
    """The sum of a count over a window, as a monitor would ask for it."""
    return MonitorQuery("sum", window, expression, query.comparison, query.text)


def burn(good: float, total: float, budget: float) -> float:
    """How many times the steady spend. good, total: events. budget: the percent of them that may be bad."""
    return (total - good) * 100 / (total * budget)


def rates_at(query: SloQuery, objective: Objective, source: SeriesSource, options: Mapping[str, Any], at: int) -> Rates:
    """What is compared with the threshold at an evaluation, Unix seconds. Raises QuerySyntaxError."""
    budget = objective.budget(query)

    def rate(window: Window) -> float | None:
        start, end = evaluated_period(window, options, at)
        good, total = (
            sum(value for _, value in sorted(found.items()) if not math.isnan(value))
            for found in (
                window_values(counting(part, window, query), source, start, end)
                for part in (objective.good, objective.total)
            )
        )
        return burn(good, total, budget) if total > 0 else None

    if query.long_window is None or query.short_window is None:
        spent = rate(query.over)
        return Rates(None if spent is None else 100 * spent)
    long = rate(query.long_window)
    if long is None:
        return Rates(None)
    # Where nothing happened, nothing burns.
    short = rate(query.short_window) or 0.0
    return Rates(both(query, long, short), named_rates(long, short))


def both(query: SloQuery, long: float, short: float) -> float:
    """The one value that is beyond the threshold exactly when both rates are."""
    return min(long, short) if query.comparator.startswith(">") else max(long, short)


def named_rates(long: float, short: float) -> tuple[tuple[str, float], ...]:
    """The two rates as messages name them."""
    return ((NAMES["long"], long), (NAMES["short"], short))


def run_slo_alert(
    query: SloQuery,
    definition: Mapping[str, Any],
    slos: Slos,
    memory: MonitorMemory,
    source: SeriesSource,
    at: int,
    downtimes: Collection[Downtime],
) -> tuple[MonitorMemory, tuple[Transition, ...]]:
    """Evaluate at `at`, Unix seconds. An objective is one group, however its counts are split.

    Raises QuerySyntaxError.
    """
    options = definition.get("options") or {}
    window_s = window_of_alert(query).seconds
    objective = objective_for(query, slos)
    if not is_due(options, window_s, at):
        return memory, ()
    found = rates_at(query, objective, source, options, at)
    mute = Muting(definition, downtimes)(_WHOLE, at, at - evaluation_interval_s(window_s))
    before = memory.groups.get(_WHOLE, GroupState())
    rules = slo_rules(query, definition)
    after, transition = next_state(rules, before, Evaluation(found.value), at, _WHOLE, mute)
    told = () if transition is None else (replace(transition, variables=found.rates),)
    return MonitorMemory(MappingProxyType({_WHOLE: after})), told
