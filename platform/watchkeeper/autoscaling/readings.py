"""What every policy of a service asks for at one moment, from its alarms and its newest datapoints. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from watchkeeper.autoscaling import step_scaling, target_tracking
from watchkeeper.autoscaling.alarms import Alarm, AlarmState, alarm_pair, step_alarm
from watchkeeper.autoscaling.assumptions import Assumptions
from watchkeeper.autoscaling.model import ScalingConfig, StepPolicy, TargetTrackingPolicy

Datapoints = Mapping[str, Sequence[float | None]]
"""Of each policy id: oldest first, one for each of its periods, None where CloudWatch has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The count that a policy asks for. alarm: by whose name it was invoked.

    would_flap: less was meant, but the newest datapoint would lie above the target with less.
    """

    policy: str
    alarm: str
    wanted: int
    cooldown_s: int
    would_flap: bool = False


@dataclass(frozen=True, slots=True)
class _Tracking:
    policy: TargetTrackingPolicy
    high: Alarm
    low: Alarm
    points: Sequence[float | None]
    assumptions: Assumptions

    def wanted(self, running: int, alarm: Alarm) -> int:
        value = target_tracking.metric_value(self.points, alarm.periods, self.assumptions) or 0.0
        return target_tracking.wanted_count(value, self.policy.target, running)

    def wanted_less(self, running: int, desired: int) -> Ask:
        """What a scale-in leaves; never so little that the newest datapoint would lie above the target."""
        meant = self.wanted(running, self.low)
        newest = next((value for value in reversed(self.points) if value is not None), 0.0)
        least = target_tracking.wanted_count(newest, self.policy.target, running)
        return Ask(
            policy=self.policy.id,
            alarm=self.low.name,
            wanted=target_tracking.reduced(max(meant, least), desired, self.assumptions),
            cooldown_s=self.policy.scale_in_cooldown_s,
            would_flap=meant < desired <= least,
        )


@dataclass(frozen=True, slots=True)
class Readings:
    """All policies of a service at one moment. states: of every alarm by name."""

    states: Mapping[str, AlarmState]
    tracking: tuple[_Tracking, ...]
    steps: tuple[tuple[StepPolicy, Alarm, float], ...]
    """Step policies whose alarm is in ALARM, with the newest datapoint."""

    def outs(self, running: int, desired: int, floor: int) -> list[Ask]:
        """Of every policy that is ready to scale out; from zero, one datapoint is enough for the smallest count."""
        if running == 0 and desired == 0:
            return list(self._from_zero(max(1, floor)))
        found = [
            Ask(
                policy=each.policy.id,
                alarm=each.high.name,
                wanted=each.wanted(running, each.high),
                cooldown_s=each.policy.scale_out_cooldown_s,
            )
            for each in self.tracking
            if self.states[each.high.name] == "ALARM"
        ]
        return found + [ask for ask, is_out in self._steps(running) if is_out]

    def ins(self, running: int, desired: int) -> list[Ask]:
        """Of every policy that is ready to scale in: target tracking only when all agree, each step policy alone."""
        enabled = [each for each in self.tracking if not each.policy.disable_scale_in]
        # Insufficient data is not low utilisation: it blocks.
        is_agreed = bool(enabled) and all(self.states[each.low.name] == "ALARM" for each in enabled)
        found = [each.wanted_less(running, desired) for each in enabled] if is_agreed else []
        return found + [ask for ask, is_out in self._steps(running) if not is_out]

    def _steps(self, running: int) -> Iterator[tuple[Ask, bool]]:
        for policy, alarm, value in self.steps:
            wanted = step_scaling.wanted_count(policy, value, running)
            if wanted is not None:
                ask = Ask(policy=policy.id, alarm=alarm.name, wanted=wanted, cooldown_s=policy.cooldown_s)
                yield ask, wanted > running or (wanted == running and alarm.is_for_more)

    def _from_zero(self, smallest: int) -> Iterator[Ask]:
        for each in self.tracking:
            newest = next((value for value in reversed(each.points) if value is not None), 0.0)
            if newest > 0:
                cooldown_s = each.policy.scale_out_cooldown_s
                yield Ask(policy=each.policy.id, alarm=each.high.name, wanted=smallest, cooldown_s=cooldown_s)
        yield from (ask for ask, is_out in self._steps(0) if is_out)


def read_alarms(
    config: ScalingConfig,
    resource_id: str,
    datapoints: Datapoints,
    before: Mapping[str, AlarmState],
    assumptions: Assumptions,
) -> Readings:
    """Evaluate the alarms of all policies. before: their states until now."""
    states: dict[str, AlarmState] = {}
    tracking = []
    for policy in config.policies:
        high, low = alarm_pair(policy, resource_id, assumptions)
        points = datapoints.get(policy.id, ())
        for alarm in (high, low):
            states[alarm.name] = alarm.state(points, before.get(alarm.name, "INSUFFICIENT_DATA"))
        tracking.append(_Tracking(policy, high, low, points, assumptions))
    steps = []
    for step_policy in config.step_policies:
        alarm = step_alarm(step_policy, resource_id.split("/")[1], config.service)
        points = datapoints.get(step_policy.id, ())
        states[alarm.name] = alarm.state(points, before.get(alarm.name, "INSUFFICIENT_DATA"))
        newest = next((value for value in reversed(points) if value is not None), None)
        if states[alarm.name] == "ALARM" and newest is not None:
            steps.append((step_policy, alarm, newest))
    return Readings(MappingProxyType(states), tuple(tracking), tuple(steps))
