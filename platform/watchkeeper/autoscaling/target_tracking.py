"""AWS target tracking for ECS services, minute by minute: the alarm pair, the count that is asked for, cooldowns. Pure.

Sources: Application Auto Scaling user guide and Amazon ECS developer guide, "Target tracking" and "Cooldowns" (read
2026-11); the alarm pair as dumps of real accounts show it: 3 of 3 above the target, 15 of 15 below 0.9 of it.
Not documented, and chosen here: the newest datapoint is the one that counts, and a scale-in goes all the way at once.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import UUID, uuid5

from watchkeeper.autoscaling.model import ScalingConfig, TargetTrackingPolicy
from watchkeeper.timeline import utc_text

AlarmState = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
PERIOD_S: Final = 60
HIGH_PERIODS: Final = 3
LOW_PERIODS: Final = 15
LOW_FACTOR: Final = 0.9
_NOT_SCALED: Final = "Attempting to scale due to alarm triggered"
_NAMESPACE: Final = UUID("6f0c3d5e-52a7-4f0e-9c0f-3f6f8a7d1b11")


@dataclass(frozen=True, slots=True)
class Alarm:
    """One of the two CloudWatch alarms of a policy. periods: all of so many 60 s datapoints must breach."""

    name: str
    comparison: Literal["GreaterThanThreshold", "LessThanThreshold"]
    threshold: float
    periods: int

    def state(self, datapoints: Sequence[float | None]) -> AlarmState:
        """Of the newest datapoints (oldest first, None is missing): missing ones never count as breaching."""
        newest = datapoints[-self.periods :]
        present = [value for value in newest if value is not None]
        if not present:
            return "INSUFFICIENT_DATA"
        is_breached = len(present) == self.periods and all(self.breaches(value) for value in present)
        return "ALARM" if is_breached else "OK"

    def breaches(self, value: float) -> bool:
        """Strictly beyond the threshold."""
        return value > self.threshold if self.comparison == "GreaterThanThreshold" else value < self.threshold


def alarm_pair(policy: TargetTrackingPolicy, resource_id: str) -> tuple[Alarm, Alarm]:
    """AlarmHigh and AlarmLow. resource_id: `service/<cluster>/<service>`; equal policies get equal names."""
    high, low = (
        f"TargetTracking-{resource_id}-{side}-{_uuid(resource_id, policy.id, side)}"
        for side in ("AlarmHigh", "AlarmLow")
    )
    return (
        Alarm(high, "GreaterThanThreshold", policy.target, HIGH_PERIODS),
        Alarm(low, "LessThanThreshold", policy.target * LOW_FACTOR, LOW_PERIODS),
    )


def _uuid(*parts: str) -> UUID:
    return uuid5(_NAMESPACE, "/".join(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlState:
    """What the control loop remembers. added: tasks that the running scale-out cooldown has already brought."""

    out_until: int = 0
    in_until: int = 0
    added: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """running: tasks in service, which the formula uses. desired: what was last asked for."""

    running: int
    desired: int


@dataclass(frozen=True, slots=True)
class Decision:
    """desired: the new count, None for no change. activity: in the shape of DescribeScalingActivities, or None."""

    desired: int | None
    activity: Mapping[str, Any] | None
    state: ControlState
    alarms: Mapping[str, AlarmState] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class _Reading:
    policy: TargetTrackingPolicy
    high: Alarm
    low: Alarm
    high_state: AlarmState
    low_state: AlarmState
    value: float | None

    def wanted(self, running: int) -> int:
        """ceil(running x metric / target): up when scaling out, and as little as possible removed when scaling in."""
        # Away from the last digit of a binary fraction: 3 x 50 / 50 is 3.
        return math.ceil(round(running * (self.value or 0.0) / self.policy.target, 9))


def decide(
    config: ScalingConfig,
    resource_id: str,
    datapoints: Mapping[str, Sequence[float | None]],
    count: Count,
    state: ControlState,
    at: int,
    *,
    is_suspended: bool = False,
) -> Decision:
    """One minute of the control loop. datapoints: of each policy id, one a minute, oldest first. at: Unix seconds.

    Out when any policy asks for it, the largest count wins; in when every policy that may scale in asks for it.
    """
    readings = [_read(policy, resource_id, datapoints.get(policy.id, ())) for policy in config.policies]
    highs = {each.high.name: each.high_state for each in readings}
    alarms = MappingProxyType({**highs, **{each.low.name: each.low_state for each in readings}})
    if is_suspended or not readings:
        return Decision(None, None, state, alarms)
    loud = [each for each in readings if each.high_state == "ALARM"]
    if loud:
        decision = _scale_out(config, resource_id, loud, count, state, at)
    elif _may_scale_in(readings):
        decision = _scale_in(config, resource_id, readings, count, state, at)
    else:
        decision = Decision(None, None, state)
    return replace(decision, alarms=alarms)


def _read(policy: TargetTrackingPolicy, resource_id: str, datapoints: Sequence[float | None]) -> _Reading:
    high, low = alarm_pair(policy, resource_id)
    value = next((each for each in reversed(datapoints) if each is not None), None)
    return _Reading(policy, high, low, high.state(datapoints), low.state(datapoints), value)


def _may_scale_in(readings: Sequence[_Reading]) -> bool:
    """Insufficient data is not low utilisation: it blocks."""
    enabled = [each for each in readings if not each.policy.disable_scale_in]
    return bool(enabled) and all(each.low_state == "ALARM" for each in enabled)


def _scale_out(
    config: ScalingConfig, resource_id: str, loud: Sequence[_Reading], count: Count, state: ControlState, at: int
) -> Decision:
    strongest = max(loud, key=lambda each: each.wanted(count.running))
    wanted = strongest.wanted(count.running)
    if at < state.out_until:
        # In the cooldown what was added counts: only a larger scale-out adds the difference.
        wanted = count.desired + max(0, wanted - count.running - state.added)
    goal = min(max(wanted, config.min), config.max)
    if goal <= count.desired:
        reason = "AlreadyAtMaxCapacity" if count.desired >= config.max else "AlreadyAtDesiredCapacity"
        return Decision(None, _activity(config, resource_id, strongest, "high", at, count, reason=reason), state)
    added = goal - count.desired + (state.added if at < state.out_until else 0)
    after = ControlState(out_until=at + strongest.policy.scale_out_cooldown_s, in_until=0, added=added)
    return Decision(goal, _activity(config, resource_id, strongest, "high", at, count, goal=goal), after)


def _scale_in(
    config: ScalingConfig, resource_id: str, readings: Sequence[_Reading], count: Count, state: ControlState, at: int
) -> Decision:
    enabled = [each for each in readings if not each.policy.disable_scale_in]
    strongest = max(enabled, key=lambda each: each.wanted(count.running))
    if at < state.in_until:
        return Decision(None, None, state)
    goal = min(max(strongest.wanted(count.running), config.min), config.max)
    if goal >= count.desired:
        reason = "AlreadyAtMinCapacity" if count.desired <= config.min else "AlreadyAtDesiredCapacity"
        return Decision(None, _activity(config, resource_id, strongest, "low", at, count, reason=reason), state)
    after = replace(state, in_until=at + strongest.policy.scale_in_cooldown_s)
    return Decision(goal, _activity(config, resource_id, strongest, "low", at, count, goal=goal), after)


def _activity(
    config: ScalingConfig,
    resource_id: str,
    reading: _Reading,
    side: Literal["high", "low"],
    at: int,
    count: Count,
    *,
    goal: int | None = None,
    reason: str = "",
) -> Mapping[str, Any]:
    alarm = reading.high if side == "high" else reading.low
    activity: dict[str, Any] = {
        "ActivityId": str(_uuid(resource_id, str(at))),
        "ServiceNamespace": "ecs",
        "ResourceId": resource_id,
        "ScalableDimension": "ecs:service:DesiredCount",
        "Description": "Attempting to scale due to alarm triggered"
        if goal is None
        else f"Setting desired count to {goal}.",
        "Cause": f"monitor alarm {alarm.name} in state ALARM triggered policy {reading.policy.id}",
        "StartTime": utc_text(at),
        "EndTime": utc_text(at),
        "StatusCode": "Successful" if goal is not None else "Failed",
    }
    if reason:
        details = {"Code": reason, "CurrentCapacity": count.desired}
        if reason == "AlreadyAtMaxCapacity":
            details["MaxCapacity"] = config.max
        if reason == "AlreadyAtMinCapacity":
            details["MinCapacity"] = config.min
        activity["NotScaledReasons"] = [details]
    return MappingProxyType(activity)
