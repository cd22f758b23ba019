"""One monitor at one instant: the query evaluated, every group's state moved on.

The sandbox, unit tests and backtests call this, or what a property test holds equal to it, so that they agree.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from watchkeeper.monitors.bundles import alone, bundled, untold
from watchkeeper.monitors.composite import composite_rules, run_composite
from watchkeeper.monitors.downtime import Downtime, Muting
from watchkeeper.monitors.memory import MonitorMemory, memory_from_json
from watchkeeper.monitors.rules import Asked, Rules, State, rules_of
from watchkeeper.monitors.schedule import evaluated_period, evaluation_interval_s, is_due
from watchkeeper.monitors.service_check import (
    CheckRuns,
    check_rules,
    check_state,
    cluster_state,
    group_keys,
    runs_of,
)
from watchkeeper.monitors.slo.alert import run_slo_alert, slo_rules
from watchkeeper.monitors.slo.objective import Slos
from watchkeeper.monitors.state import GroupState, Transition, enter_state, is_forgotten, next_state
from watchkeeper.query.algorithms import approximations, is_anomalies, recovery_query
from watchkeeper.query.evaluate import Evaluation, Group, evaluate_window, value_of_silence
from watchkeeper.query.expression_lines import result_keys
from watchkeeper.query.forms import CheckQuery, CompositeQuery, MemberId, MonitorQuery, Query, SloQuery
from watchkeeper.query.monitored import ComputedThreshold, computed_threshold, monitored_query
from watchkeeper.query.parser import parse_query
from watchkeeper.query.series import SeriesSource
from watchkeeper.query.visit import tags_asked_for

__all__ = [
    "MonitorMemory",
    "evaluation_interval_s",
    "memory_from_json",
    "monitor_approximations",
    "monitor_rules",
    "parsed_query",
    "run_monitor",
]

FORGET_CHECK_AFTER_S: Final = 48 * 3600


@lru_cache(maxsize=4096)
def _parsed(query: str, monitor_type: str) -> Query:
    return parse_query(query, monitor_type)


def any_query(definition: Mapping[str, Any]) -> Query:
    """The query of a monitor's JSON, whatever its form. Raises QuerySyntaxError."""
    return _parsed(str(definition["query"]), str(definition.get("type", "query alert")))


def parsed_query(definition: Mapping[str, Any]) -> MonitorQuery:
    """The query of a monitor's JSON as the evaluator takes it. Raises QuerySyntaxError where it is not computed."""
    return monitored_query(any_query(definition), definition.get("options") or {})


def monitor_rules(definition: Mapping[str, Any]) -> Rules:
    """How a monitor's JSON moves between its states. Raises QuerySyntaxError."""
    options = definition.get("options") or {}
    query = any_query(definition)
    if isinstance(query, CompositeQuery):
        return composite_rules(options)
    if isinstance(query, CheckQuery):
        return check_rules(options, group_keys(query)).states
    if isinstance(query, SloQuery):
        return slo_rules(query, definition)
    return query_rules(parsed_query(definition), definition)


def query_rules(query: MonitorQuery, definition: Mapping[str, Any]) -> Rules:
    """As `monitor_rules`, of a query over series."""
    asked = Asked(
        comparator=query.comparator,
        critical=query.threshold,
        # A share of 0 ends an alert on `>= 1` whose recovery threshold is 0.
        recovery_comparator=">" if is_anomalies(query) and query.comparator == ">=" else None,
        window_s=query.window_s,
        group_keys=result_keys(query.expression),
        value_of_silence=value_of_silence(query),
    )
    return rules_of(definition, asked)


def monitor_approximations(definition: Mapping[str, Any]) -> tuple[str, ...]:
    """What of a monitor is approximated, a sentence each; to be shown wherever its states or values are."""
    return approximations(any_query(definition))


def run_monitor(
    definition: Mapping[str, Any],
    memory: MonitorMemory,
    source: SeriesSource,
    at: int,
    *,
    downtimes: Collection[Downtime] = (),
    members: Mapping[MemberId, MonitorMemory] | None = None,
    slos: Slos = MappingProxyType({}),
) -> tuple[MonitorMemory, tuple[Transition, ...]]:
    """Evaluate at `at` (Unix seconds). definition: Datadog's JSON.

    members: of a composite, and of an objective on monitors, after their evaluation. slos: the objectives that an
    `slo alert` may name. Raises QuerySyntaxError.
    """
    query = any_query(definition)
    options = definition.get("options") or {}
    if isinstance(query, CompositeQuery):
        return run_composite(query, composite_rules(options), memory, members or {}, at, Muting(definition, downtimes))
    if isinstance(query, CheckQuery):
        return _run_check(query, definition, memory, source, at, downtimes)
    if isinstance(query, SloQuery):
        return run_slo_alert(query, definition, slos, memory, source, at, downtimes, members or {})
    metric_query = parsed_query(definition)
    if not is_due(options, metric_query.window_s, at):
        return memory, ()
    rules = query_rules(metric_query, definition)
    group_rules = alone(rules)
    start, end = evaluated_period(metric_query.window, options, at)
    found = dict(evaluate_window(metric_query, source, start, end, wants_fullness=rules.requires_full_window))
    judging = recovery_query(metric_query, recovery_window(options))
    if judging is not None:
        shares = evaluate_window(judging, source, start, end)
        found = {group: replace(each, recovery=shares.get(group, _NOTHING).value) for group, each in found.items()}
    computed = computed_threshold(query, options)
    if computed is not None:
        found = _with_thresholds(found, computed, options, source, at)
    mutes = Muting(definition, downtimes, tags_asked_for(metric_query))
    previous_at = at - evaluation_interval_s(metric_query.window_s)
    is_grouped = bool(result_keys(metric_query.expression))
    groups: dict[Group, GroupState] = {}
    transitions = []
    for group in sorted({*found, *memory.groups}):
        before = memory.groups.get(group, GroupState())
        evaluation = found.get(group, _NOTHING)
        if is_grouped and evaluation.value is None and is_forgotten(before, at, rules.forget_after_s):
            continue
        groups[group], transition = next_state(
            group_rules, before, evaluation, at, group, mutes(group, at, previous_at)
        )
        if transition is not None:
            transitions.append(transition)
    return _told(rules, memory, groups, transitions, mutes, (previous_at, at))


def _told(
    rules: Rules,
    memory: MonitorMemory,
    groups: Mapping[Group, GroupState],
    transitions: Sequence[Transition],
    mutes: Muting,
    instants: tuple[int, int],
) -> tuple[MonitorMemory, tuple[Transition, ...]]:
    """Each group for itself, or bundled. instants: of the evaluation before and of this one."""
    if rules.bundled_by is None:
        return MonitorMemory(MappingProxyType(groups)), tuple(transitions)
    previous_at, at = instants
    here = {group: mutes(group, at, previous_at) for group in groups}
    bundles, told = bundled(rules, memory.bundles, groups, here, at)
    return MonitorMemory(MappingProxyType(groups), bundles), (*untold(transitions), *told)


_NOTHING: Final = Evaluation(None)


def _with_thresholds(
    found: Mapping[Group, Evaluation],
    computed: ComputedThreshold,
    options: Mapping[str, Any],
    source: SeriesSource,
    at: int,
) -> dict[Group, Evaluation]:
    """With the thresholds of this instant; what has none cannot be judged, as if it had no data."""

    def values(query: MonitorQuery) -> Mapping[Group, float | None]:
        given = evaluate_window(query, source, *evaluated_period(query.window, options, at))
        return {group: each.value for group, each in given.items()}

    critical = values(computed.critical)
    recovery = values(computed.recovery) if computed.recovery else {}
    judged = {}
    for group, each in found.items():
        threshold = critical.get(group, critical.get(()))
        if threshold is not None:
            recovers_at = recovery.get(group, recovery.get(()))
            judged[group] = replace(each, critical=threshold, critical_recovery=recovers_at)
        elif not group:
            # The one group of a monitor exists even in silence.
            judged[group] = _NOTHING
    return judged


def recovery_window(options: Mapping[str, Any]) -> str | None:
    """The window over which recovery from an anomaly is judged, such as `last_15m`."""
    found = (options.get("threshold_windows") or {}).get("recovery_window")
    return None if found is None else str(found)


def _run_check(
    query: CheckQuery,
    definition: Mapping[str, Any],
    memory: MonitorMemory,
    source: SeriesSource,
    at: int,
    downtimes: Collection[Downtime],
) -> tuple[MonitorMemory, tuple[Transition, ...]]:
    rules = check_rules(definition.get("options") or {}, group_keys(query))
    runs = runs_of(query, source, at, reach_s=FORGET_CHECK_AFTER_S)
    mutes = Muting(definition, downtimes, tags_asked_for(query))
    previous_at = at - evaluation_interval_s(0)
    groups: dict[Group, GroupState] = {}
    transitions = []
    if query.counts == "pct_by_status":
        before = memory.groups.get((), GroupState())
        latest = [each.statuses[-1] for each in runs.values() if at - each.at < rules.no_data_after_s]
        states: dict[Group, State] = {(): cluster_state(rules, before.state, latest)}
        runs = {(): CheckRuns((), max((each.at for each in runs.values()), default=at))}
    else:
        known = {group: memory.groups.get(group, GroupState()).state for group in runs}
        states = {group: check_state(rules, known[group], each.statuses) for group, each in runs.items()}
    for group, state in sorted(states.items()):
        before = memory.groups.get(group, GroupState())
        last = runs[group].at
        reached = "No Data" if at - last >= rules.no_data_after_s else state
        seen = replace(before, last_data=last, first_seen=before.first_seen or at)
        mute = mutes(group, at, previous_at)
        groups[group], transition = enter_state(alone(rules.states), seen, reached, at, group, mute)
        if transition is not None:
            transitions.append(transition)
    return _told(rules.states, memory, groups, transitions, mutes, (previous_at, at))
