"""An alert on an objective at many instants at once: what `rates_at` gives at each of them. Needs numpy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from watchkeeper.monitors.slo.alert import counting, missing_members, named_rates, reach_s
from watchkeeper.monitors.slo.objective import Counted, Monitored, Sliced, Slos, objective_for
from watchkeeper.monitors.slo.uptime import Span, Uptime, joined
from watchkeeper.query.ast import Expression
from watchkeeper.query.forms import SloQuery, Window
from watchkeeper.query.frames import compare_arrays
from watchkeeper.query.grid import Indices
from watchkeeper.query.many_slices import many_slices
from watchkeeper.query.recorded import RecordedSeries, Values
from watchkeeper.query.vectorised import evaluate_many

_MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class ManyRates:
    """values: NaN where no event was. long, short: of a burn rate."""

    values: Values
    long: Values | None = None
    short: Values | None = None

    def named(self, index: int) -> tuple[tuple[str, float], ...]:
        """The two rates at one instant, as messages name them."""
        if self.long is None or self.short is None or np.isnan(self.values[index]):
            return ()
        return named_rates(float(self.long[index]), float(self.short[index]))


def many_rates(
    query: SloQuery,
    objective: Counted | Sliced | Monitored,
    source: RecordedSeries,
    instants: Indices,
    *,
    delay_s: int = 0,
    uptime: Uptime | None = None,
) -> ManyRates:
    """At ascending instants, Unix seconds, on whole minutes. uptime: of what measures time, over the whole period.

    Raises QuerySyntaxError.
    """
    budget = objective.budget(query)
    downs = np.array((uptime or Uptime()).downs, dtype=np.int64).reshape(-1, 2)

    def events(part: Expression, window: Window) -> Values:
        found = evaluate_many(counting(part, window, query), source, instants, delay_s=delay_s)
        sums = np.zeros(len(instants))
        for _, group in sorted(found.items()):
            sums += np.where(np.isnan(group.values), 0.0, group.values)
        return sums

    def rate(window: Window) -> Values:
        ends = instants - delay_s
        match objective:
            case Counted():
                good, total = events(objective.good, window), events(objective.total, window)
            case Sliced(slice_s=slice_s):
                last = ends - ends % slice_s
                length_s = max(1, window.seconds // slice_s) * slice_s
                total = np.full(len(ends), float(length_s))
                good = total - _down_s(downs, last - length_s, last)
            case Monitored():
                total = np.full(len(ends), float(window.seconds))
                good = total - _down_s(downs, ends - window.seconds, ends)
        allowed = total * budget
        with np.errstate(all="ignore"):
            return np.where(allowed > 0, (total - good) * 100 / allowed, np.nan)

    if query.long_window is None or query.short_window is None:
        return ManyRates(100 * rate(query.over))
    long = rate(query.long_window)
    short = np.where(np.isnan(found := rate(query.short_window)), 0.0, found)
    is_above = query.comparator.startswith(">")
    return ManyRates(np.minimum(long, short) if is_above else np.maximum(long, short), long, short)


def past_of(
    query: SloQuery,
    slos: Slos,
    options: Mapping[str, Any],
    source: RecordedSeries,
    period: Span,
    outages: Sequence[Span] | None,
) -> Uptime | None:
    """What an alert remembers at the end of a period, and all before it; None where events are counted.

    outages: when the monitors of the objective were down. Raises QuerySyntaxError.
    """
    first, last = period[0] - period[0] % _MINUTE_S + _MINUTE_S, period[1] - period[1] % _MINUTE_S
    match objective_for(query, slos):
        case Counted():
            return None
        case Sliced(slice_s=slice_s) as objective:
            earliest = first - reach_s(query, options)
            return many_sliced(objective, source, earliest - earliest % slice_s, last)
        case Monitored(monitors=monitors):
            if outages is None:
                raise missing_members(query, monitors)
            downs = joined((max(start, first), min(end, last)) for start, end in outages if start < last)
            is_down = any(start <= last < end for start, end in outages)
            return Uptime(downs=tuple(each for each in downs if each[0] < each[1]), until=last, is_down=is_down)


def many_sliced(objective: Sliced, source: RecordedSeries, start: int, end: int) -> Uptime:
    """As `sliced_uptime`, of every slice in [start, end). start: Unix seconds, a multiple of the slice."""
    slice_s = objective.slice_s
    recorded = source.period
    if recorded is not None and not objective.is_shifted:
        start = max(start, recorded[0] - recorded[0] % slice_s)
    if recorded is None or end - start < slice_s:
        return Uptime(until=end)
    starts = np.arange(start, end - slice_s + 1, slice_s, dtype=np.int64)
    is_bad = np.zeros(len(starts), dtype=bool)
    for values in many_slices(objective.expression, source, starts, slice_s).values():
        holds = compare_arrays(objective.comparator, values, objective.threshold)
        is_bad |= ~np.isnan(values) & ~holds
    downs = joined((at, at + slice_s) for at in starts[is_bad].tolist())
    return Uptime(downs=downs, until=end)


def _down_s(downs: Indices, starts: Indices, ends: Indices) -> Values:
    """Seconds of each [start, end) that are down. downs: spans, ascending and apart from each other."""
    if not len(downs):
        return np.zeros(len(starts))
    lengths = np.concatenate(([0], np.cumsum(downs[:, 1] - downs[:, 0])))

    def before(instants: Indices) -> Indices:
        index = np.searchsorted(downs[:, 0], instants, side="right") - 1
        last = downs[np.maximum(index, 0)]
        part = np.minimum(instants, last[:, 1]) - last[:, 0]
        found: Indices = np.where(index < 0, 0, lengths[np.maximum(index, 0)] + part)
        return found

    return (before(ends) - before(starts)).astype(np.float64)
