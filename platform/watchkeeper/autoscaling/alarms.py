"""CloudWatch alarms as scaling policies use them: M of N datapoints, missing ones as the alarm treats them. Pure.

Source: CloudWatch user guide, "Configuring how alarms treat missing data", with its table of 3 of 3; the pair that
target tracking makes, as dumps of real accounts show it: 3 of 3 above the target, 15 of 15 below 0.9 of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID, uuid5

from watchkeeper.autoscaling.assumptions import DEFAULT, Assumptions
from watchkeeper.autoscaling.model import Comparison, MissingData, StepPolicy, TargetTrackingPolicy

AlarmState = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
HIGH_PERIODS: Final = 3
LOW_PERIODS: Final = 15
LOW_FACTOR: Final = 0.9
SPARE_PERIODS: Final = 2
"""How many datapoints more than its periods an alarm looks at, when some are missing: 5 for 3 in CloudWatch's table."""

_NAMESPACE: Final = UUID("6f0c3d5e-52a7-4f0e-9c0f-3f6f8a7d1b11")


@dataclass(frozen=True, slots=True)
class Alarm:
    """A metric alarm. periods: how many datapoints are looked at. needed: how many of them must breach; 0 for all."""

    name: str
    comparison: Comparison
    threshold: float
    periods: int
    period_s: int = 60
    needed: int = 0
    missing: MissingData = "missing"

    def state(self, datapoints: Sequence[float | None], before: AlarmState = "INSUFFICIENT_DATA") -> AlarmState:
        """Of the newest datapoints (oldest first, None is missing). before: the alarm's state until now."""
        needed = self.needed or self.periods
        if needed == self.periods and datapoints and datapoints[-1] is not None and not self.breaches(datapoints[-1]):
            return "OK"
        looked_at = datapoints[-(self.periods + SPARE_PERIODS) :]
        present = [value for value in looked_at if value is not None]
        if len(present) >= self.periods:
            breaching = sum(self.breaches(value) for value in present[-self.periods :])
            return "ALARM" if breaching >= needed else "OK"
        absent = self.periods - len(present)
        breaching = sum(self.breaches(value) for value in present)
        if self.missing in ("breaching", "notBreaching"):
            return "ALARM" if breaching + absent * (self.missing == "breaching") >= needed else "OK"
        if not present:
            return before if self.missing == "ignore" else "INSUFFICIENT_DATA"
        return self._of_few(looked_at, needed, before)

    def _of_few(self, looked_at: Sequence[float | None], needed: int, before: AlarmState) -> AlarmState:
        """Fewer datapoints than periods: ALARM once the oldest breach is old enough and nothing later was fine."""
        streak = 0
        for age, value in enumerate(reversed(looked_at), start=1):
            if value is not None and not self.breaches(value):
                break
            streak = age if value is not None else streak
        newest = [value for value in looked_at[-self.periods :] if value is not None]
        if sum(self.breaches(value) for value in newest) >= needed:
            return "ALARM"
        if streak >= needed:
            return before if self.missing == "ignore" else "ALARM"
        return "OK"

    def breaches(self, value: float) -> bool:
        """Whether one datapoint breaches; the comparisons with Than are strict."""
        match self.comparison:
            case "GreaterThanThreshold":
                return value > self.threshold
            case "GreaterThanOrEqualToThreshold":
                return value >= self.threshold
            case "LessThanThreshold":
                return value < self.threshold
            case "LessThanOrEqualToThreshold":
                return value <= self.threshold

    @property
    def is_for_more(self) -> bool:
        """Whether it watches for too much, not for too little."""
        return self.comparison.startswith("Greater")


def alarm_pair(
    policy: TargetTrackingPolicy, resource_id: str, assumptions: Assumptions = DEFAULT
) -> tuple[Alarm, Alarm]:
    """AlarmHigh and AlarmLow. resource_id: `service/<cluster>/<service>`; equal policies get equal names."""
    low_periods = LOW_PERIODS if policy.period_s == 60 else assumptions.low_periods_20s  # noqa: PLR2004 - a minute
    return _pair(resource_id, policy.id, policy.target, policy.period_s, low_periods)


@lru_cache(maxsize=256)
def _pair(resource_id: str, policy: str, target: float, period_s: int, low_periods: int) -> tuple[Alarm, Alarm]:
    """Asked for at every moment of a simulation, and always the same."""
    high, low = (
        f"TargetTracking-{resource_id}-{side}-{stable_uuid(resource_id, policy, side)}"
        for side in ("AlarmHigh", "AlarmLow")
    )
    return (
        Alarm(high, "GreaterThanThreshold", target, HIGH_PERIODS, period_s),
        # 0.9 x 80 is 72 for CloudWatch, not the nearest binary fraction below it.
        Alarm(low, "LessThanThreshold", round(target * LOW_FACTOR, 9), low_periods, period_s),
    )


def step_alarm(policy: StepPolicy, cluster: str, service: str) -> Alarm:
    """The alarm of a step policy; without a name of its own it is named as the constructs name it."""
    return Alarm(
        policy.alarm_name or f"{cluster}-{service}-{policy.id}",
        policy.comparison,
        policy.threshold,
        policy.periods,
        policy.period_s,
        policy.datapoints,
        policy.missing,
    )


def stable_uuid(*parts: str) -> UUID:
    """A UUID that depends on nothing but the parts."""
    return uuid5(_NAMESPACE, "/".join(parts))
