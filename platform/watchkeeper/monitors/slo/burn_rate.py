"""From an objective to its burn-rate monitors: a team states what it aims at, the windows follow from the time-frame.

Two windows each: the long one says that it matters, the short one, a twelfth of it, that it still goes on. Sources:
Google, The Site Reliability Workbook, chapter 5 (table 5-8); Datadog documentation, "Burn Rate Alerts", whose
recommended values these are (its long window ends at 48 hours, so that the workbook's three days have no place).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from annotated_types import Ge, Gt, Le

from watchkeeper.monitors.model import Monitor, Urgency
from watchkeeper.monitors.options import MonitorOptions
from watchkeeper.monitors.slo.model import DAYS, SLO, Timeframe
from watchkeeper.project.source import KeyPath
from watchkeeper.project.templates import Entry
from watchkeeper.project.validate import STRICT
from watchkeeper.query.forms import window_of

SHORT_SHARE: Final = 12
_HOUR_S: Final = 3600
LONG_S: Final = (_HOUR_S, 48 * _HOUR_S)
"""The shortest and the longest of the long windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One pair of windows.

    long_window: 1h to 48h; it says that the fault matters. short_window: it ends the alert soon after the fault; a
    twelfth of the long one where it is left out. budget_percent: how much of the budget would be gone after the
    long window. burn_rate: instead of budget_percent, the error rate divided by what the target allows. urgency: of
    the tier's monitor.
    """

    __pydantic_config__ = STRICT

    long_window: str
    short_window: str = ""
    budget_percent: Annotated[float, Gt(0)] | None = None
    burn_rate: Annotated[float, Gt(0)] | None = None
    urgency: Urgency = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRate:
    """What may stand under `burn_rate:` of an objective.

    timeframe: of which threshold; the first where left out. message: what the generated text is followed by.
    runbook: link that each of the monitors names. priority: Datadog's P1 to P5, of each of the monitors. options:
    Datadog's own options, of each of the monitors. tiers: pairs of windows of your own; the standard ones where
    left out.
    """

    __pydantic_config__ = STRICT

    runbook: str = ""
    message: str = ""
    timeframe: Timeframe | None = None
    priority: Annotated[int, Ge(1), Le(5)] | None = None
    options: MonitorOptions = field(default_factory=MonitorOptions)
    tiers: tuple[Tier, ...] = ()


def _tiers(*percents: float) -> tuple[Tier, ...]:
    hour, six, day = percents
    return (
        Tier(long_window="1h", budget_percent=hour),
        Tier(long_window="6h", budget_percent=six),
        Tier(long_window="24h", budget_percent=day, urgency="notify"),
    )


STANDARD: Final[Mapping[str, tuple[Tier, ...]]] = {
    "7d": _tiers(10, 20, 40),
    "30d": _tiers(2, 5, 10),
    "90d": _tiers(1, 3, 5),
}
"""Percent of the budget after 1, 6 and 24 hours: 14.4, 6 and 3 times the steady spend of 30 days."""


def burn_rate_monitors(slo: SLO, given: BurnRate) -> Iterator[Monitor]:
    """One monitor for each tier; none for an objective without a target, about which lint has its say."""
    timeframe = given.timeframe or (slo.thresholds[0].timeframe if slo.thresholds else None)
    if timeframe is None:
        return
    for tier in given.tiers or STANDARD[timeframe]:
        yield _monitor(slo, given, tier, timeframe)


def _monitor(slo: SLO, given: BurnRate, tier: Tier, timeframe: str) -> Monitor:
    short = tier.short_window or _twelfth(tier.long_window)
    rate = tier.burn_rate or burn_rate(tier.budget_percent or 0.0, tier.long_window, timeframe)
    percent = budget_percent(rate, tier.long_window, timeframe)
    text = (
        f"{slo.name}: the error budget of {timeframe} burns {{{{value}}}} times as fast as it may "
        f"(threshold {{{{threshold}}}}), over the last {tier.long_window} and the last {short}.\n"
        f"At the threshold {percent:g} % of the budget goes within {tier.long_window}."
    )
    options = slo.entry.data["burn_rate"].get("options")
    return Monitor(
        identity=replace(slo.identity, id=f"{slo.identity.id}-burn-{tier.long_window}"),
        name=f"{slo.name}: error budget burns {rate:g} times too fast over {tier.long_window}",
        type="slo alert",
        query=(
            f'burn_rate("{slo.identity.short}").over("{timeframe}")'
            f'.long_window("{tier.long_window}").short_window("{short}") > {rate:g}'
        ),
        message=f"{text}\n\n{given.message.strip()}".strip(),
        urgency=tier.urgency,
        runbook=given.runbook,
        team=slo.team,
        tags=slo.tags,
        priority=given.priority,
        options={key: value for key, value in (options or {}).items() if value is not None},
        entry=_entry(slo.entry),
    )


def windows_taken(long_s: int, short_s: int) -> bool:
    """Whether Datadog takes two windows together."""
    return LONG_S[0] <= long_s <= LONG_S[1] and short_s < long_s


def burn_rate(percent: float, long_window: str, timeframe: str) -> float:
    """How many times the steady spend uses up so much of the budget within the long window.

    Source: Datadog documentation, "Burn Rate Alerts", approach #2: length of the target times share of the budget, by
    the long window.
    """
    return round(_share(timeframe, long_window) * percent / 100, 4)


def budget_percent(rate: float, long_window: str, timeframe: str) -> float:
    """How much of the budget is gone after the long window, at a burn rate."""
    return round(rate * 100 / _share(timeframe, long_window), 4)


def _share(timeframe: str, long_window: str) -> float:
    window = window_of(long_window)
    assert window is not None
    return DAYS[timeframe] * 24 * _HOUR_S / window.seconds


def _twelfth(long_window: str) -> str:
    """A twelfth of the long window in minutes, as Datadog's form writes it."""
    window = window_of(long_window)
    assert window is not None
    return f"{max(1, window.seconds // SHORT_SHARE // 60)}m"


def _entry(entry: Entry) -> Entry:
    """The objective's entry as that of a monitor: what is generated stands at `burn_rate`, and nowhere as text."""
    made: KeyPath = (*entry.path, "burn_rate", "")
    origin = dict(entry.origin)
    for name in ("name", "type", "query", "message", "urgency", "tags", "team"):
        origin[(name,)] = made
    for name in ("runbook", "priority", "options"):
        origin[(name,)] = (*entry.path, "burn_rate", name)
    return replace(entry, origin=origin)
