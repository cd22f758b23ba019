"""A monitor over a whole period of recorded series: the transitions that `run_monitor` gives minute by minute.

Values come in bulk, each group is played through by `group_run`. Everything that is not a query over series is run
minute by minute. Needs numpy.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from watchkeeper.monitors.alerting import (
    any_query,
    parsed_query,
    query_rules,
    recovery_window,
    run_monitor,
)
from watchkeeper.monitors.bundles import alone, untold
from watchkeeper.monitors.downtime import Downtime, Muting
from watchkeeper.monitors.group_run import GroupRun
from watchkeeper.monitors.memory import MonitorMemory
from watchkeeper.monitors.replay_bundles import replay_bundles
from watchkeeper.monitors.rules import Rules, State
from watchkeeper.monitors.schedule import evaluation_interval_s, is_due
from watchkeeper.monitors.slo.alert import reach_s, slo_rules, window_of_alert
from watchkeeper.monitors.slo.bulk import many_rates, past_of
from watchkeeper.monitors.slo.objective import Slos, objective_for
from watchkeeper.monitors.slo.uptime import Span
from watchkeeper.monitors.state import GroupState, Transition
from watchkeeper.query.algorithms import recovery_query
from watchkeeper.query.evaluate import Group
from watchkeeper.query.expression_lines import result_keys
from watchkeeper.query.forms import CheckQuery, CompositeQuery, SloQuery
from watchkeeper.query.grid import Indices
from watchkeeper.query.monitored import ComputedThreshold, computed_threshold
from watchkeeper.query.recorded import RecordedSeries
from watchkeeper.query.vectorised import GroupValues, evaluate_many
from watchkeeper.query.visit import tags_asked_for

_MINUTE_S = 60


StateAt = tuple[int, Group, State | None]
"""From when on a group has a state; None: the monitor knows the group no more."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What a monitor did. memory: at the end. evaluations: how many there were, all groups together.

    calls: how often the state machine was called for them. states: of every group from when on; None where only the
    transitions are known.
    """

    transitions: tuple[Transition, ...]
    memory: MonitorMemory
    evaluations: int = 0
    calls: int = 0
    states: tuple[StateAt, ...] | None = None


def replay_monitor(
    definition: Mapping[str, Any],
    source: RecordedSeries,
    start: int,
    end: int,
    *,
    downtimes: Collection[Downtime] = (),
    memory: MonitorMemory | None = None,
    slos: Slos = MappingProxyType({}),
    outages: Sequence[Span] | None = None,
) -> Replay:
    """Evaluate at every due minute after `start` up to and with `end`, Unix seconds. definition: Datadog's JSON.

    slos: the objectives that an `slo alert` may name. outages: when the monitors of such an objective were down.
    Composites need their members: `composite_replay`. Raises QuerySyntaxError.
    """
    before = memory or MonitorMemory()
    asked = any_query(definition)
    if isinstance(asked, SloQuery):
        mutes = Muting(definition, downtimes)
        return _replay_slo_alert(asked, definition, source, (start, end), mutes, before, slos, outages)
    if isinstance(asked, CheckQuery | CompositeQuery):
        return replay_by_minute(definition, source, start, end, downtimes=downtimes, memory=before)
    query = parsed_query(definition)
    options = definition.get("options") or {}
    computed = computed_threshold(any_query(definition), options)
    if any(each.window.kind == "current" for each in (query, *(computed.queries if computed else ()))):
        return replay_by_minute(definition, source, start, end, downtimes=downtimes, memory=before)
    instants = due_instants(options, query.window_s, start, end)
    rules = query_rules(query, definition)
    delay_s = int(options.get("evaluation_delay") or 0)
    found = evaluate_many(query, source, instants, delay_s=delay_s, wants_fullness=rules.requires_full_window)
    judging = recovery_query(query, recovery_window(options))
    if judging is not None:
        shares = evaluate_many(judging, source, instants, delay_s=delay_s)
        none = _silence(instants, rules)
        found = {group: replace(each, recovery=shares.get(group, none).values) for group, each in found.items()}
    if computed is not None:
        found = _with_thresholds(found, computed, source, instants, delay_s)
    keys = result_keys(query.expression)
    if not keys:
        found.setdefault((), _silence(instants, rules))
    mutes = Muting(definition, downtimes, tags_asked_for(query))
    groups: dict[Group, GroupState] = {}
    transitions: list[Transition] = []
    runs: dict[Group, GroupRun] = {}
    states: list[StateAt] = []
    calls = 0
    for group in sorted({*found, *before.groups}):
        values = found.get(group) or _silence(instants, rules)
        runner = GroupRun(group, alone(rules), instants, values, mutes, query.window_s, is_grouped=bool(keys))
        state = runner.run(before.groups.get(group), transitions)
        calls += runner.calls
        states += [(at, group, entered) for at, entered in runner.entered]
        if rules.bundled_by is not None:
            runs[group] = runner
        if state is not None:
            groups[group] = state
    bundles: Mapping[Group, GroupState] = MappingProxyType({})
    if rules.bundled_by is not None:
        bundles, told = replay_bundles(rules, before.bundles, runs, mutes, instants)
        transitions = [*untold(transitions), *told]
    transitions.sort(key=lambda change: (change.at, change.is_bundle, change.group))
    memory_after = MonitorMemory(MappingProxyType(groups), bundles)
    evaluations = len(instants) * max(1, len(found))
    return Replay(tuple(transitions), memory_after, evaluations, calls, tuple(states))


def _with_thresholds(
    found: Mapping[Group, GroupValues],
    computed: ComputedThreshold,
    source: RecordedSeries,
    instants: Indices,
    delay_s: int,
) -> dict[Group, GroupValues]:
    """As `alerting`: with the thresholds of each instant; what has none cannot be judged."""
    none = np.full(len(instants), np.nan)
    critical, recovery = (
        {group: each.values for group, each in evaluate_many(query, source, instants, delay_s=delay_s).items()}
        if query is not None
        else {}
        for query in (computed.critical, computed.recovery)
    )
    judged = {}
    for group, each in found.items():
        threshold = critical.get(group, critical.get((), none))
        judged[group] = replace(
            each,
            values=np.where(np.isnan(threshold), np.nan, each.values),
            critical=threshold,
            critical_recovery=recovery.get(group, recovery.get((), none)),
        )
    return judged


def _replay_slo_alert(
    query: SloQuery,
    definition: Mapping[str, Any],
    source: RecordedSeries,
    period: tuple[int, int],
    mutes: Muting,
    before: MonitorMemory,
    slos: Slos,
    outages: Sequence[Span] | None,
) -> Replay:
    options = definition.get("options") or {}
    window_s = window_of_alert(query).seconds
    instants = due_instants(options, window_s, *period)
    delay_s = int(options.get("evaluation_delay") or 0)
    uptime = past_of(query, slos, options, source, period, outages)
    found = many_rates(query, objective_for(query, slos), source, instants, delay_s=delay_s, uptime=uptime)
    rules = slo_rules(query, definition)
    runner = GroupRun((), rules, instants, GroupValues(found.values), mutes, window_s, is_grouped=False)
    transitions: list[Transition] = []
    state = runner.run(before.groups.get(()), transitions) if len(instants) else before.groups.get(())
    told = tuple(
        replace(change, variables=found.named(int(np.searchsorted(instants, change.at)))) for change in transitions
    )
    kept = None if uptime is None else uptime.after((uptime.until or 0) - reach_s(query, options))
    memory = MonitorMemory(MappingProxyType({} if state is None else {(): state}), uptime=kept)
    states = tuple((at, (), entered) for at, entered in runner.entered)
    return Replay(told, memory, len(instants), runner.calls, states)


def replay_by_minute(
    definition: Mapping[str, Any],
    source: RecordedSeries,
    start: int,
    end: int,
    *,
    downtimes: Collection[Downtime] = (),
    memory: MonitorMemory | None = None,
    slos: Slos = MappingProxyType({}),
) -> Replay:
    """As `replay_monitor`, by the readable reference: one evaluation a minute."""
    state = memory or MonitorMemory()
    transitions: list[Transition] = []
    evaluations = 0
    for at in range(start - start % _MINUTE_S + _MINUTE_S, end + 1, _MINUTE_S):
        state, new = run_monitor(definition, state, source, at, downtimes=downtimes, slos=slos)
        transitions += new
        evaluations += max(1, len(state.groups))
    return Replay(tuple(transitions), state, evaluations, evaluations)


def due_instants(options: Mapping[str, Any], window_s: int, start: int, end: int) -> Indices:
    """The instants in (start, end] at which a monitor is evaluated."""
    step_s = evaluation_interval_s(window_s)
    if (options.get("scheduling_options") or {}).get("custom_schedule"):
        minutes = range(start - start % _MINUTE_S + _MINUTE_S, end + 1, _MINUTE_S)
        return np.array([at for at in minutes if is_due(options, window_s, at)], dtype=np.int64)
    return np.arange(start - start % step_s + step_s, end + 1, step_s, dtype=np.int64)


def _silence(instants: Indices, rules: Rules) -> GroupValues:
    none = np.zeros(len(instants), dtype=bool) if rules.requires_full_window else None
    return GroupValues(np.full(len(instants), np.nan), none)
