"""A monitor's query, as a value: one class for each way in which Datadog lets one be written.

Source: Datadog documentation, "Monitors API" and the pages of the monitor types, read 2026-11.
"""

import math
from dataclasses import dataclass, field
from typing import Final, Literal

from watchkeeper.query.ast import Comparator, Expression, Method, Text, TimeAggregator

WINDOW_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "mo": 30 * 86_400}
"""Seconds of each unit; a month is 30 days."""

WindowKind = Literal["last", "current", "next", "ago"]
Form = Literal[
    "metric", "anomalies", "outliers", "forecast", "percentile", "change", "pct_change", "check", "search", "formula",
    "error_budget", "burn_rate", "composite",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """`last_5m`, `current_1mo`, `next_1w`, `1h_ago`; in search queries `5m`, which is `last`."""

    kind: WindowKind
    amount: int
    unit: str
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)

    @property
    def seconds(self) -> int:
        """Its length; of a `current` window the longest it grows to."""
        return self.amount * WINDOW_UNITS[self.unit]

    @property
    def text(self) -> str:
        """As it is written in a metric query."""
        length = f"{self.amount}{self.unit}"
        return f"{length}_ago" if self.kind == "ago" else f"{self.kind}_{length}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`> 4`. value: None for the word `threshold`, whose query stands in the options. value_at: where it begins."""

    comparator: Comparator
    value: float | None
    value_at: int = field(default=0, compare=False, repr=False)
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


def crosses(comparator: Comparator, value: float, threshold: float) -> bool:
    """Whether a comparison holds."""
    match comparator:
        case ">":
            return value > threshold
        case ">=":
            return value >= threshold
        case "<":
            return value < threshold
        case "<=":
            return value <= threshold
        case "==":
            return value == threshold
        case "!=":
            return value != threshold


class _Compared:
    """What every form that ends with a comparison can be asked for."""

    __slots__ = ()
    comparison: Comparison

    @property
    def comparator(self) -> Comparator:
        """How the value is compared with the threshold."""
        return self.comparison.comparator

    @property
    def threshold(self) -> float:
        """The critical threshold; NaN, which nothing crosses, where a query computes it."""
        return math.nan if self.comparison.value is None else self.comparison.value


@dataclass(frozen=True, slots=True)
class MonitorQuery(_Compared):
    """`avg(last_5m):expression > threshold`. text: as it was written.

    Anomalies, outliers and forecasts are functions at the top of the expression; `settings` reads them.
    """

    aggregator: TimeAggregator
    window: Window
    expression: Expression
    comparison: Comparison
    text: str = field(default="", compare=False, repr=False)

    @property
    def window_s(self) -> int:
        """The window's length in seconds."""
        return self.window.seconds


@dataclass(frozen=True, slots=True)
class ChangeQuery(_Compared):
    """`change(avg(last_5m),last_1h):expression > threshold`. shift: how far back the other window lies."""

    kind: Literal["change", "pct_change"]
    aggregator: TimeAggregator
    window: Window
    shift: Window
    expression: Expression
    comparison: Comparison
    text: str = field(default="", compare=False, repr=False)

    @property
    def window_s(self) -> int:
        """The window's length in seconds."""
        return self.window.seconds


@dataclass(frozen=True, slots=True)
class CheckQuery:
    """`"check".over("tag").exclude("tag").by("key").last(n).count_by_status()`; thresholds stand in the options.

    counts: `pct_by_status` makes it a cluster alert on the share of groups.
    """

    check: Text
    over: tuple[Text, ...]
    exclude: tuple[Text, ...]
    by: tuple[Text, ...]
    last: int
    counts: Literal["count_by_status", "pct_by_status"] = "count_by_status"
    last_at: int = field(default=0, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)


class _Chained(_Compared):
    """What the forms with a chain of steps can be asked for."""

    __slots__ = ()
    steps: tuple[Method, ...]

    def step(self, name: str) -> Method | None:
        """The step of that name, if it is there."""
        return next((step for step in self.steps if step.name == name), None)

    @property
    def window(self) -> Window:
        """The window of `.last(...)`."""
        step = self.step("last")
        window = window_of(step.words[0]) if step is not None and step.words else None
        if step is None or window is None:
            raise ValueError("the parser lets no query pass without a window")
        argument = step.arguments[0]
        return Window(window.kind, window.amount, window.unit, argument.at, argument.end)

    @property
    def window_s(self) -> int:
        """The window's length in seconds."""
        return self.window.seconds

    @property
    def rollup(self) -> tuple[str, ...]:
        """The method of the aggregation and, where it takes one, the facet: `("cardinality", "@id")`."""
        step = self.step("rollup")
        return step.words if step is not None else ()

    @property
    def by(self) -> tuple[str, ...]:
        """The facets it is grouped by; they may be written as one text with commas."""
        step = self.step("by")
        words = step.words if step is not None else ()
        return tuple(key.strip() for word in words for key in word.split(",") if key.strip())


@dataclass(frozen=True, slots=True)
class SearchQuery(_Chained):
    """`logs("search").index("*").rollup("count").by("facet").last("5m") > 0`, and the like on other sources."""

    source: str
    search: Text
    steps: tuple[Method, ...]
    comparison: Comparison
    text: str = field(default="", compare=False, repr=False)

    @property
    def indexes(self) -> tuple[str, ...]:
        """The indexes that are searched; empty where none is named."""
        step = self.step("index")
        return step.words if step is not None else ()


@dataclass(frozen=True, slots=True)
class FormulaQuery(_Chained):
    """`formula("query1 / query2 * 100").last("15m") > 5`; its variables are queries in `options.variables`."""

    expression: Expression
    steps: tuple[Method, ...]
    comparison: Comparison
    text: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SloQuery(_Compared):
    """`error_budget("id").over("30d") > 75`, `burn_rate("id").over("30d").long_window("1h").short_window("5m") > 14.4`.

    long_window, short_window: of a burn rate only.
    """

    kind: Literal["error_budget", "burn_rate"]
    slo: Text
    over: Window
    long_window: Window | None
    short_window: Window | None
    comparison: Comparison
    text: str = field(default="", compare=False, repr=False)


MemberId = int | str
"""Datadog's number of a monitor, or the name of a declared one, `api/edge-5xx`."""


@dataclass(frozen=True, slots=True)
class Member:
    """A monitor in a composite."""

    monitor: MemberId
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NoneOf:
    """`!member`."""

    operand: "Condition"
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Both:
    """`left && right`."""

    left: "Condition"
    right: "Condition"
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Either:
    """`left || right`."""

    left: "Condition"
    right: "Condition"
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


Condition = Member | NoneOf | Both | Either


@dataclass(frozen=True, slots=True)
class CompositeQuery:
    """`1234 && !5678`."""

    condition: Condition
    text: str = field(default="", compare=False, repr=False)


Query = MonitorQuery | ChangeQuery | CheckQuery | SearchQuery | FormulaQuery | SloQuery | CompositeQuery


def window_of(text: str) -> Window | None:
    """The window that a word names: `last_5m`, `current_1mo`, `next_1w`, `1h_ago`, `5m`; None for any other word."""
    word = text.lower()
    kind: WindowKind = "last"
    if word.endswith("_ago"):
        kind, word = "ago", word[:-4]
    else:
        for prefix in ("last", "current", "next"):
            if word.startswith(f"{prefix}_"):
                kind, word = prefix, word[len(prefix) + 1 :]
    digits = len(word) - len(word.lstrip("0123456789"))
    amount, unit = word[:digits], word[digits:]
    if not amount or unit not in WINDOW_UNITS or len(amount) > 6 or int(amount) == 0:  # noqa: PLR2004 - a million months
        return None
    return Window(kind, int(amount), unit)
