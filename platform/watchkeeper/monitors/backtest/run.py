"""Plays one monitor through recorded series. Pure; needs numpy."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np

from watchkeeper.monitors.alerting import any_query, monitor_approximations, monitor_rules, parsed_query
from watchkeeper.monitors.backtest.outcome import GroupOutcome, Outcome, group_outcomes, is_page
from watchkeeper.monitors.composite_replay import outages_of, replay_composite
from watchkeeper.monitors.message import MessageSyntaxError
from watchkeeper.monitors.replay import due_instants, replay_monitor
from watchkeeper.monitors.slo.alert import window_of_alert
from watchkeeper.monitors.slo.bulk import many_rates, past_of
from watchkeeper.monitors.slo.objective import objective_for
from watchkeeper.monitors.state import Transition
from watchkeeper.monitors.subject import Subject, reached, render_for
from watchkeeper.query.forms import CheckQuery, CompositeQuery, MemberId, SloQuery
from watchkeeper.query.lines import Group
from watchkeeper.query.recorded import RecordedSeries
from watchkeeper.query.vectorised import evaluate_many

WARM_UP_S: Final = 24 * 3600
"""A period that begins inside of the recording is entered with the states that a day before it gives."""
CURVE_POINTS: Final = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One monitor to be played through. start, end: Unix seconds. members: as a composite or an objective names them.

    variant: which settings of a what-if it has; empty without one. has_curve: whether the report draws it.
    """

    subject: Subject
    start: int
    end: int
    members: Mapping[MemberId, Subject] = field(default_factory=lambda: MappingProxyType({}))
    variant: str = ""
    has_curve: bool = False


def run_job(job: Job, source: RecordedSeries) -> Outcome:
    """Transitions and figures of the period (start, end]. Raises QuerySyntaxError."""
    # A sum that outgrows a float is infinite; the state machine compares it like any other.
    with np.errstate(over="ignore", invalid="ignore"):
        return _outcome(job, source)


def _outcome(job: Job, source: RecordedSeries) -> Outcome:
    subject = job.subject
    begin = _begin(job, source)
    if isinstance(any_query(subject.definition), CompositeQuery):
        transitions = replay_composite(subject.definition, job.members, source, begin, job.end).transitions
    else:
        outages = outages_of(subject, job.members, source, begin, job.end)
        replay = replay_monitor(subject.definition, source, begin, job.end, slos=subject.slos, outages=outages)
        transitions = replay.transitions
    groups = group_outcomes(transitions, job.start, job.end)
    played = [each for each in groups if not each.is_bundle]
    worst = max(played, key=lambda each: (each.pages, each.alert_s), default=None)
    group: Group = worst.group if worst else ()
    has_values = not isinstance(any_query(subject.definition), CompositeQuery | CheckQuery)
    rules = monitor_rules(subject.definition)
    named = [("alert", rules.critical), ("warn", rules.warning)] if has_values else []
    return Outcome(
        monitor=subject.id,
        env=subject.env,
        start=job.start,
        end=job.end,
        groups=groups,
        # One that is computed is no number.
        thresholds=[(name, value) for name, value in named if value is not None and not math.isnan(value)],
        comparator=rules.comparator if has_values else "",
        curve=_curve(job, source, group, worst.transitions if worst else ()) if job.has_curve and has_values else (),
        curve_group=group,
        title=str(subject.definition.get("name") or ""),
        declaration=subject.declaration,
        reaches=_reached(subject, groups),
        notes=monitor_approximations(subject.definition),
    )


def _begin(job: Job, source: RecordedSeries) -> int:
    recorded = source.period
    begin = job.start if recorded is None else max(min(recorded[0], job.start), job.start - WARM_UP_S)
    return begin - begin % 60


def _reached(subject: Subject, groups: Sequence[GroupOutcome]) -> tuple[str, ...]:
    """Whom its pages reach: by the routes, else by the handles of the message as the first page has it."""
    if subject.reaches is not None:
        return subject.reaches
    page = next((change for each in groups for change in each.transitions if is_page(change)), None)
    try:
        return () if page is None else reached(subject, render_for(subject, page))
    except MessageSyntaxError:
        return ()


def _curve(
    job: Job, source: RecordedSeries, group: Group, transitions: Sequence[Transition]
) -> list[tuple[int, float | None]]:
    """The value of a group at some hundred evaluations, and at every transition."""
    definition = job.subject.definition
    asked = any_query(definition)
    options = definition.get("options") or {}
    delay_s = int(options.get("evaluation_delay") or 0)
    window_s = window_of_alert(asked).seconds if isinstance(asked, SloQuery) else parsed_query(definition).window_s
    instants = due_instants(options, window_s, job.start, job.end)
    chosen = np.ascontiguousarray(instants[:: max(1, len(instants) // CURVE_POINTS)])
    if isinstance(asked, SloQuery):
        objective = objective_for(asked, job.subject.slos)
        begin = _begin(job, source)
        outages = outages_of(job.subject, job.members, source, begin, job.end)
        past = past_of(asked, job.subject.slos, options, source, (begin, job.end), outages)
        found = many_rates(asked, objective, source, chosen, delay_s=delay_s, uptime=past).values
    else:
        by_group = evaluate_many(parsed_query(definition), source, chosen, delay_s=delay_s)
        if group not in by_group:
            return []
        found = by_group[group].values
    values = [value if math.isfinite(value) else None for value in found.tolist()]
    points: dict[int, float | None] = dict(zip(chosen.tolist(), values, strict=True))
    points |= {each.at: each.value for each in transitions if each.value is None or math.isfinite(each.value)}
    return sorted(points.items())
