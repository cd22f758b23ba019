"""Application Auto Scaling for one ECS service, moment by moment: schedules, forecast, alarms, cooldowns, count. Pure.

This is the specification: the sandbox, the simulator and every faster form of it must agree with it.
Sources: Application Auto Scaling user guide and Amazon ECS developer guide (read 2026-11). Chosen where they are
silent: cooldowns belong to the scalable target, not to each policy; a count that lies below the minimum is lifted in
one action to what the policy asks for; scheduled actions run before policies of the same moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from watchkeeper.autoscaling import activities as tell
from watchkeeper.autoscaling.activities import Activity, NotScaled
from watchkeeper.autoscaling.alarms import AlarmState
from watchkeeper.autoscaling.assumptions import DEFAULT, Assumptions
from watchkeeper.autoscaling.model import ScalingConfig
from watchkeeper.autoscaling.predictive_scaling import Forecast, predicted_bounds, predicted_count
from watchkeeper.autoscaling.readings import Ask, Datapoints, Readings, read_alarms
from watchkeeper.autoscaling.schedule import fires

_AGAIN_S: Final = 60
"""An alarm that stays in ALARM invokes its action once a minute, whatever its period."""

_NEVER: Final[Mapping[str, int]] = MappingProxyType({})
_NO_FORECAST: Final[Forecast] = MappingProxyType({})
_NO_STATES: Final[Mapping[str, AlarmState]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """running: tasks in service, which the formula uses. desired: what was last asked for.

    fulfilled_at: when the last scale-out was fulfilled, from which its cooldown counts; None while it is not. A caller
    whose tasks start at once leaves it out.
    """

    running: int
    desired: int
    fulfilled_at: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlState:
    """What the control loop remembers.

    out_at, out_cooldown_s, added: of the last scale-out: when, its cooldown, the tasks that it has brought. in_until:
    end of the scale-in cooldown. min, max: bounds that a scheduled action has set. seen_until: scheduled actions up to
    here have run. alarms, invoked: the state of every alarm, and when each one in ALARM last invoked its action.
    """

    out_at: int = 0
    out_cooldown_s: int = 0
    added: int = 0
    in_until: int = 0
    min: int | None = None
    max: int | None = None
    seen_until: int | None = None
    alarms: Mapping[str, AlarmState] = field(default_factory=lambda: _NO_STATES)
    invoked: Mapping[str, int] = field(default_factory=lambda: _NEVER)


@dataclass(frozen=True, slots=True)
class Decision:
    """desired: the new count, None for no change. activities: in the order in which they happened."""

    desired: int | None
    activities: tuple[Activity, ...]
    state: ControlState

    @property
    def alarms(self) -> Mapping[str, AlarmState]:
        """The state of every alarm, by name."""
        return self.state.alarms

    @property
    def activity(self) -> Activity | None:
        """The activity that set the count; else the last one, None where there was none."""
        changes = [each for each in self.activities if tell.is_scaled(each)]
        found = changes or list(self.activities)
        return found[-1] if found else None


def decide(
    config: ScalingConfig,
    resource_id: str,
    datapoints: Datapoints,
    count: Count,
    state: ControlState,
    at: int,
    *,
    is_deploying: bool = False,
    forecast: Forecast = _NO_FORECAST,
    assumptions: Assumptions = DEFAULT,
) -> Decision:
    """One moment of the control loop; to be called once a minute, or every 20 s with a high-resolution policy.

    datapoints: of each policy id, oldest first, one for each of its periods. at: Unix seconds. is_deploying: a rolling
    deployment runs, in which nothing is scaled in. forecast: load by hour, for the predictive policy.
    Out when any policy asks for it, in when every policy that may scale in asks for it; the largest count wins.
    """
    moment = _Moment(config, resource_id, count, state, at, assumptions)
    moment.run_schedules()
    moment.follow_forecast(forecast)
    readings = read_alarms(config, resource_id, datapoints, state.alarms, assumptions)
    acting = moment.remember(readings)
    outs = readings.outs(count.running, count.desired, moment.floor)
    if outs:
        is_invoked = count.desired == 0 or acting & {ask.alarm for ask in outs}
        if is_invoked and not config.suspended.scale_out:
            moment.scale_out(max(outs, key=lambda ask: ask.wanted))
    else:
        ins = readings.ins(count.running, count.desired)
        if acting & {ask.alarm for ask in ins} and not config.suspended.scale_in:
            moment.scale_in(max(ins, key=lambda ask: ask.wanted), is_deploying=is_deploying)
    return moment.decision()


class _Moment:
    """What happens at one moment, in order; every step sees what the one before has changed."""

    def __init__(
        self,
        config: ScalingConfig,
        resource_id: str,
        count: Count,
        state: ControlState,
        at: int,
        assumptions: Assumptions,
    ) -> None:
        self._config, self._resource_id, self._count, self._at = config, resource_id, count, at
        self._assumptions = assumptions
        self._state = state
        self._desired = count.desired
        self._activities: list[Activity] = []
        self.floor = config.min if state.min is None else state.min
        self._ceiling = config.max if state.max is None else state.max

    def decision(self) -> Decision:
        desired = self._desired if self._desired != self._count.desired else None
        return Decision(desired, tuple(self._activities), self._state)

    def run_schedules(self) -> None:
        """Cooldowns do not hold them back."""
        since = self._at - _AGAIN_S if self._state.seen_until is None else self._state.seen_until
        self._state = replace(self._state, seen_until=self._at)
        if self._config.suspended.schedules:
            return
        due = sorted(
            (when, index)
            for index, action in enumerate(self._config.schedules)
            for when in fires(action.schedule, action.timezone, since, self._at, starts_at=action.starts_at or 0)
            if (action.starts_at or 0) <= when and (action.ends_at is None or when <= action.ends_at)
        )
        for _, index in due:
            action = self._config.schedules[index]
            floor = self.floor if action.min is None else action.min
            ceiling = self._ceiling if action.max is None else action.max
            if floor > ceiling:
                # The bounds in force do not take this one; AWS refuses the update too.
                continue
            self.floor, self._ceiling = floor, ceiling
            self._state = replace(self._state, min=floor, max=ceiling)
            bounds = (action.min, action.max)
            number = len(self._activities)
            self._activities.append(tell.rebounded(self._resource_id, self._at, number, bounds, action.id))
            if self._desired < floor:
                self._set(floor, tell.bounds_cause("minimum", floor))
            elif self._desired > ceiling:
                self._set(ceiling, tell.bounds_cause("maximum", ceiling))

    def follow_forecast(self, forecast: Forecast) -> None:
        """Raises the count, never lowers it."""
        policy = self._config.predictive
        if policy is None or self._config.suspended.scale_out:
            return
        wanted = predicted_count(policy, forecast, self._at)
        floor, self._ceiling = predicted_bounds(policy, wanted, self._ceiling)
        self.floor = max(self.floor, floor)
        if self._desired < floor:
            self._set(floor, tell.predictive_cause(policy.id))

    def remember(self, readings: Readings) -> frozenset[str]:
        """Keep the states of the alarms; gives the names of those that invoke their action now."""
        before = self._state.invoked
        loud = [name for name, state in readings.states.items() if state == "ALARM"]
        acting = frozenset(name for name in loud if name not in before or self._at - before[name] >= _AGAIN_S)
        invoked = {name: self._at if name in acting else before[name] for name in loud}
        self._state = replace(self._state, alarms=readings.states, invoked=MappingProxyType(invoked))
        return acting

    def scale_out(self, ask: Ask) -> None:
        wanted = ask.wanted
        is_cooling = self._is_cooling_out()
        if is_cooling:
            # What was added counts: only a larger scale-out adds the difference.
            wanted = self._desired + max(0, wanted - self._count.running - self._state.added)
        goal = min(max(wanted, self.floor), self._ceiling)
        if goal <= self._desired:
            self._refuse(ask, "AlreadyAtMaxCapacity" if self._desired >= self._ceiling else "AlreadyAtDesiredCapacity")
            return
        added = goal - self._desired + (self._state.added if is_cooling else 0)
        self._state = replace(self._state, out_at=self._at, out_cooldown_s=ask.cooldown_s, added=added, in_until=0)
        self._set(goal, tell.alarm_cause(ask.alarm, ask.policy))

    def scale_in(self, ask: Ask, *, is_deploying: bool) -> None:
        if self._at < self._state.in_until:
            return
        if self._assumptions.blocks_in_after_out and self._is_cooling_out():
            return
        if is_deploying:
            self._refuse(ask, "TargetServicePutResourceAsUnscalable")
            return
        goal = min(max(ask.wanted, self.floor), self._ceiling)
        if goal >= self._desired:
            at_floor = self._desired <= self.floor
            full: NotScaled = "AutoScalingAnticipatedFlapping" if ask.would_flap else "AlreadyAtDesiredCapacity"
            self._refuse(ask, "AlreadyAtMinCapacity" if at_floor else full)
            return
        self._state = replace(self._state, in_until=self._at + ask.cooldown_s)
        self._set(goal, tell.alarm_cause(ask.alarm, ask.policy))

    def _is_cooling_out(self) -> bool:
        if not self._state.out_at:
            return False
        if self._count.fulfilled_at is None:
            return True
        return self._at < max(self._state.out_at, self._count.fulfilled_at) + self._state.out_cooldown_s

    def _set(self, desired: int, cause: str) -> None:
        number = len(self._activities)
        self._activities.append(tell.scaled(self._resource_id, self._at, number, desired, cause))
        self._desired = desired

    def _refuse(self, ask: Ask, reason: NotScaled) -> None:
        capacities = (self._desired, self.floor, self._ceiling)
        cause = tell.alarm_cause(ask.alarm, ask.policy)
        number = len(self._activities)
        self._activities.append(tell.not_scaled(self._resource_id, self._at, number, cause, reason, capacities))
