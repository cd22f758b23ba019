"""Alerts on objectives, minute by minute: how fast the error budget burns, and how much of it is gone. Pure.

burn rate = error rate / (1 - target), over the long window and over the short one; the alert needs both. Budget that is
gone, in percent = 100 times the burn rate over the whole time-frame. The error rate is the share of events that were
bad, or of time that something was down. Sources: Datadog documentation, "Burn Rate Alerts" and "Error Budget Alerts"
(read 2026-11); Google, The Site Reliability Workbook, chapter 5.
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
from watchkeeper.monitors.slo.objective import SLICES_S, Counted, Monitored, Sliced, Slos, objective_for
from watchkeeper.monitors.slo.uptime import Span, Uptime, is_down, joined
from watchkeeper.monitors.state import GroupState, Transition, next_state
from watchkeeper.query.ast import Expression
from watchkeeper.query.evaluate import Evaluation, window_values
from watchkeeper.query.forms import MemberId, MonitorQuery, SloQuery, Window, crosses
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.rollup import LONGEST_FILL_S
from watchkeeper.query.searched import series_names
from watchkeeper.query.series import SeriesSource
from watchkeeper.query.slices import slice_values, slices_before

NAMES: Final[Mapping[str, str]] = {"long": "long_window_burn_rate", "short": "short_window_burn_rate"}
"""What messages call the two rates."""
SETTLING_S: Final = 900
"""For how long a slice of time is looked at again: samples of CloudWatch come minutes late."""
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


def burn(good: float, total: float, budget: float) -> float | None:
    """How many times the steady spend; None of nothing.

    good, total: events, or seconds. budget: the percent of them that may be bad.
    """
    allowed = total * budget
    return (total - good) * 100 / allowed if allowed > 0 else None


def sliced_span(end: int, window_s: int, slice_s: int) -> Span:
    """The slices that a window sees: the last whole ones before its end, and always one."""
    last = end - end % slice_s
    return last - max(1, window_s // slice_s) * slice_s, last


def rates_at(
    query: SloQuery,
    objective: Counted | Sliced | Monitored,
    source: SeriesSource,
    options: Mapping[str, Any],
    at: int,
    uptime: Uptime,
) -> Rates:
    """What is compared with the threshold at an evaluation, Unix seconds. uptime: of what measures time.

    Raises QuerySyntaxError.
    """
    budget = objective.budget(query)

    def rate(window: Window) -> float | None:
        start, end = evaluated_period(window, options, at)
        match objective:
            case Counted(good=good, total=total):
                counts = [_counted(part, window, query, source, (start, end)) for part in (good, total)]
                return burn(counts[0], counts[1], budget)
            case Sliced(slice_s=slice_s):
                start, end = sliced_span(end, window.seconds, slice_s)
            case Monitored():
                pass
        total_s = end - start
        return burn(total_s - uptime.down_s(start, end), total_s, budget)

    if query.long_window is None or query.short_window is None:
        spent = rate(query.over)
        return Rates(None if spent is None else 100 * spent)
    long = rate(query.long_window)
    if long is None:
        return Rates(None)
    # Where nothing happened, nothing burns.
    short = rate(query.short_window) or 0.0
    return Rates(both(query, long, short), named_rates(long, short))


def _counted(part: Expression, window: Window, query: SloQuery, source: SeriesSource, period: Span) -> float:
    found = window_values(counting(part, window, query), source, *period)
    return sum(value for _, value in sorted(found.items()) if not math.isnan(value))


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
    members: Mapping[MemberId, MonitorMemory] = MappingProxyType({}),
) -> tuple[MonitorMemory, tuple[Transition, ...]]:
    """Evaluate at `at`, Unix seconds. An objective is one group, however it is split.

    members: the monitors that it is made of, after their evaluation. Raises QuerySyntaxError.
    """
    options = definition.get("options") or {}
    window_s = window_of_alert(query).seconds
    objective = objective_for(query, slos)
    uptime = _uptime(query, objective, memory.uptime or Uptime(), source, at, members, reach_s(query, options))
    if not is_due(options, window_s, at):
        return replace(memory, uptime=uptime), ()
    found = rates_at(query, objective, source, options, at, uptime or Uptime())
    mute = Muting(definition, downtimes)(_WHOLE, at, at - evaluation_interval_s(window_s))
    before = memory.groups.get(_WHOLE, GroupState())
    rules = slo_rules(query, definition)
    after, transition = next_state(rules, before, Evaluation(found.value), at, _WHOLE, mute)
    told = () if transition is None else (replace(transition, variables=found.rates),)
    return MonitorMemory(MappingProxyType({_WHOLE: after}), uptime=uptime), told


def reach_s(query: SloQuery, options: Mapping[str, Any]) -> int:
    """How far back an evaluation looks, in seconds: a slice before the longest window begins is still seen."""
    windows = [each.seconds for each in (query.long_window, query.short_window) if each is not None]
    return max(windows or [query.over.seconds]) + int(options.get("evaluation_delay") or 0) + max(SLICES_S)


def _uptime(
    query: SloQuery,
    objective: Counted | Sliced | Monitored,
    known: Uptime,
    source: SeriesSource,
    at: int,
    members: Mapping[MemberId, MonitorMemory],
    reach: int,
) -> Uptime | None:
    match objective:
        case Counted():
            return None
        case Sliced():
            return sliced_uptime(objective, known, source, at, reach)
        case Monitored(monitors=monitors, groups=groups):
            missing = [each for each in monitors if each not in members]
            if missing:
                raise missing_members(query, missing)
            states = (members[each].groups for each in monitors)
            return known.seen(at, is_down=any(is_down(each, groups) for each in states)).after(at - reach)


def missing_members(query: SloQuery, members: Collection[MemberId]) -> QuerySyntaxError:
    """What is said where monitors of an objective are not known."""
    message = f"the monitors {', '.join(map(str, members))} of the SLO are not here"
    fix = "add them; they must be monitors that are evaluated, and no composites or alerts on objectives"
    return QuerySyntaxError(message, query.text, query.slo.at, fix=fix, end=query.slo.end)


def sliced_uptime(objective: Sliced, known: Uptime, source: SeriesSource, at: int, reach: int) -> Uptime:
    """With the slices that were over at an instant. The latest are looked at again, for samples come late."""
    slice_s = objective.slice_s
    earliest = at - reach if known.until is None else max(at - reach, min(known.until, at) - SETTLING_S)
    # A slice without samples may have a value that comes from earlier ones.
    memory_s = LONGEST_FILL_S + slice_s * (1 + slices_before(objective.expression, slice_s))
    first = earliest if objective.is_shifted else _first_sample(objective, source, earliest - memory_s, at)
    begin = earliest - earliest % slice_s
    downs = [(start, min(end, begin)) for start, end in known.downs if start < begin]
    start = begin if first is None else max(begin, first - first % slice_s)
    while first is not None and start + slice_s <= at:
        values = slice_values(objective.expression, source, start, slice_s).values()
        if not all(crosses(objective.comparator, value, objective.threshold) for value in values):
            downs.append((start, start + slice_s))
        start += slice_s
    return Uptime(downs=joined(downs), until=at).after(at - reach)


def _first_sample(objective: Sliced, source: SeriesSource, start: int, end: int) -> int | None:
    """When the first sample of any of its series is stamped; before that there is nothing to look at."""
    names = {name for metric in objective.metrics for name in series_names(metric)}
    stamps = (series.timestamps[0] for name in names for series in source.select(name, start, end))
    return min(stamps, default=None)
