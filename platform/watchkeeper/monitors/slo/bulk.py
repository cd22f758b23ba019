"""An alert on an objective at many instants at once: what `rates_at` gives at each of them. Needs numpy."""

from dataclasses import dataclass

import numpy as np

from watchkeeper.monitors.slo.alert import counting, named_rates
from watchkeeper.monitors.slo.objective import Objective
from watchkeeper.query.ast import Expression
from watchkeeper.query.forms import SloQuery, Window
from watchkeeper.query.grid import Indices
from watchkeeper.query.recorded import RecordedSeries, Values
from watchkeeper.query.vectorised import evaluate_many


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
    query: SloQuery, objective: Objective, source: RecordedSeries, instants: Indices, *, delay_s: int = 0
) -> ManyRates:
    """At ascending instants, Unix seconds, on whole minutes. Raises QuerySyntaxError."""
    budget = objective.budget(query)

    def events(part: Expression, window: Window) -> Values:
        found = evaluate_many(counting(part, window, query), source, instants, delay_s=delay_s)
        sums = np.zeros(len(instants))
        for _, group in sorted(found.items()):
            sums += np.where(np.isnan(group.values), 0.0, group.values)
        return sums

    def rate(window: Window) -> Values:
        good, total = events(objective.good, window), events(objective.total, window)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(total > 0, (total - good) * 100 / (total * budget), np.nan)

    if query.long_window is None or query.short_window is None:
        return ManyRates(100 * rate(query.over))
    long = rate(query.long_window)
    short = np.where(np.isnan(found := rate(query.short_window)), 0.0, found)
    is_above = query.comparator.startswith(">")
    return ManyRates(np.minimum(long, short) if is_above else np.maximum(long, short), long, short)
