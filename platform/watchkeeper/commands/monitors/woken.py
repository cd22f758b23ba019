"""Who would have been woken by the pages of a backtest."""

from collections import Counter
from collections.abc import Mapping, Sequence

from watchkeeper.monitors.backtest.outcome import Outcome
from watchkeeper.routing.escalation import EscalationPolicy, levels_at
from watchkeeper.routing.load import OnCallPlan
from watchkeeper.routing.schedule import DAY_S

_NOBODY = "nobody on call"
_UNKNOWN = "whoever is on call for"
_KNOWN_FOR_S = 8 * DAY_S
"""As far as a schedule looks ahead for its next change."""


def woken(outcomes: Sequence[Outcome], plan: OnCallPlan) -> Mapping[str, int]:
    """Pages by the name of whom PagerDuty would have asked first, most often woken first.

    Of a PagerDuty service that nobody declares here only its name is known.
    """
    services = {service.name: service for service in plan.services.values()}
    times: dict[str, list[int]] = {}
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        for handle in outcome.reaches:
            kind, _, name = handle.partition(":")
            if kind == "pagerduty" and name in services:
                times.setdefault(services[name].escalation_policy, []).extend(outcome.page_times)
            elif kind == "pagerduty":
                counts[f"{_UNKNOWN} {name}"] += outcome.pages
    for policy, pages in times.items():
        for people in first_asked(plan.policies[policy], plan, sorted(pages)):
            counts.update(plan.people[person].name for person in people)
            counts.update([_NOBODY] if not people else [])
    return dict(counts.most_common())


def first_asked(policy: EscalationPolicy, plan: OnCallPlan, times: Sequence[int]) -> list[tuple[str, ...]]:
    """For each instant, ascending, the ids of those who are asked first; a shift is looked up once."""
    found: list[tuple[str, ...]] = []
    known_until = -1
    people: tuple[str, ...] = ()
    for at in times:
        if at >= known_until:
            reached = levels_at(policy, plan.schedules, at)
            first = reached[0].people if reached else ()
            people = tuple(person.person for person in first)
            limits = [person.until for person in first if person.until is not None]
            # That nobody of the first level is on call may end at any minute.
            is_first_level = bool(reached) and reached[0].level == 1
            known_until = min(limits, default=at + _KNOWN_FOR_S) if is_first_level else at + 60
        found.append(people)
    return found
