"""What a monitor would have done over a period: pages, warnings, time in alert, flaps. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from watchkeeper.monitors.rules import State
from watchkeeper.monitors.state import Transition
from watchkeeper.query.lines import Group

FLAP_S: Final = 15 * 60
"""A page so soon after the recovery of the same group is a flap."""


@dataclass(frozen=True, slots=True)
class Alert:
    """From a page to the end of the trouble. start, end: Unix seconds; end is None while it lasts."""

    group: Group
    start: int
    end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOutcome:
    """One group. transitions: all of the period, those that nobody is told of too.

    pages: notices that Alert, or No Data, begins; repeats: of the same. warnings: notices that Warn begins.
    alert_s: seconds in Alert. flaps: pages within 15 minutes of a recovery. is_bundle: whether it stands for all groups
    that share its tags (`notify_by`): then it has the notices, and the groups the time in Alert.
    """

    group: Group
    transitions: Sequence[Transition]
    alerts: Sequence[Alert]
    pages: int
    repeats: int
    warnings: int
    alert_s: int
    flaps: int
    is_bundle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One monitor. title: its name. declaration: its id without its service. notes: what to know of it.

    curve: for the report, the value of its worst group, by Unix seconds.
    """

    monitor: str
    env: str
    start: int
    end: int
    groups: Sequence[GroupOutcome]
    thresholds: Sequence[tuple[str, float]] = ()
    comparator: str = ""
    curve: Sequence[tuple[int, float | None]] = ()
    curve_group: Group = ()
    title: str = ""
    declaration: str = ""
    reaches: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """As people know it: its id, with its name where the id is only Datadog's number."""
        return f"{self.monitor} {self.title}".rstrip() if self.monitor.isdigit() else self.monitor

    @property
    def had_data(self) -> bool:
        """Whether it ever had a state other than No Data."""
        return bool(self.groups)

    @property
    def calls_somebody(self) -> bool:
        """Whether its pages reach PagerDuty."""
        return any(handle.startswith("pagerduty:") for handle in self.reaches)

    @property
    def pages(self) -> int:
        """Of all groups."""
        return sum(each.pages for each in self.groups)

    @property
    def repeats(self) -> int:
        """Of all groups."""
        return sum(each.repeats for each in self.groups)

    @property
    def warnings(self) -> int:
        """Of all groups."""
        return sum(each.warnings for each in self.groups)

    @property
    def alert_s(self) -> int:
        """Of all groups, added up."""
        return sum(each.alert_s for each in self.groups)

    @property
    def flaps(self) -> int:
        """Of all groups."""
        return sum(each.flaps for each in self.groups)

    @property
    def alerts(self) -> list[Alert]:
        """Of all groups, by their beginning."""
        return sorted((alert for each in self.groups for alert in each.alerts), key=lambda alert: alert.start)

    @property
    def page_times(self) -> list[int]:
        """When people were paged, Unix seconds, ascending; repetitions left out."""
        return sorted(change.at for each in self.groups for change in each.transitions if is_page(change))

    @property
    def longest(self) -> tuple[Group, int, int] | None:
        """Group, beginning and seconds of the longest alert."""
        spans = [(alert.group, alert.start, (alert.end or self.end) - alert.start) for alert in self.alerts]
        return max(spans, key=lambda span: span[2], default=None)


def is_page(change: Transition) -> bool:
    """Whether people are told that it is bad: Alert, or No Data."""
    return change.notifies and not change.is_renotify and change.current in ("Alert", "No Data")


def group_outcomes(transitions: Iterable[Transition], start: int, end: int) -> list[GroupOutcome]:
    """Every group that had a transition, in order. Transitions before `start` give the states with which it begins."""
    by_group: dict[tuple[Group, bool], list[Transition]] = {}
    for change in transitions:
        by_group.setdefault((change.group, change.is_bundle), []).append(change)
    return [_outcome(group, changes, start, end) for (group, _), changes in sorted(by_group.items())]


def _outcome(group: Group, changes: Sequence[Transition], start: int, end: int) -> GroupOutcome:
    is_bundle = changes[0].is_bundle
    inside = [change for change in changes if start < change.at <= end]
    pages = flaps = 0
    recovered: int | None = None
    for change in changes:
        if is_page(change) and change.at > start:
            pages += 1
            flaps += recovered is not None and change.at - recovered <= FLAP_S
        # The first OK of a monitor is no recovery; nobody is told of it.
        if change.current == "OK" and change.notifies:
            recovered = change.at
    return GroupOutcome(
        group=group,
        transitions=inside,
        alerts=_alerts(group, changes, start, end),
        pages=pages,
        repeats=sum(change.is_renotify for change in inside),
        warnings=sum(change.notifies and not change.is_renotify and change.current == "Warn" for change in inside),
        alert_s=0 if is_bundle else _seconds_in("Alert", changes, start, end),
        flaps=flaps,
        is_bundle=is_bundle,
    )


def _alerts(group: Group, changes: Sequence[Transition], start: int, end: int) -> list[Alert]:
    """From the page to the state that is neither Alert nor No Data, as far as they lie in the period."""
    found: list[Alert] = []
    began: int | None = None
    for change in changes:
        if began is None and is_page(change):
            began = change.at
        elif began is not None and change.current in ("OK", "Warn"):
            if change.at > start:
                found.append(Alert(group, began, change.at))
            began = None
    if began is not None and began <= end:
        found.append(Alert(group, began, None))
    return found


def _seconds_in(state: State, changes: Sequence[Transition], start: int, end: int) -> int:
    seconds = 0
    for index, change in enumerate(changes):
        until = changes[index + 1].at if index + 1 < len(changes) else end
        if change.current == state:
            seconds += max(0, min(until, end) - max(change.at, start))
    return seconds


def pages_by_hour(times: Iterable[int], zone_offset_s: int = 0) -> list[list[int]]:
    """Seven rows of 24 counts, Monday first. times: Unix seconds."""
    table = [[0] * 24 for _ in range(7)]
    for at in times:
        local = at + zone_offset_s
        # 1 January 1970 was a Thursday.
        table[(local // 86_400 + 3) % 7][local % 86_400 // 3600] += 1
    return table


def totals(outcomes: Iterable[Outcome]) -> Mapping[str, int]:
    """The sums over several monitors."""
    found = list(outcomes)
    return {name: sum(getattr(each, name) for each in found) for name in ("pages", "warnings", "alert_s", "flaps")}
