"""What a simulated run cost, and how well it followed the load. Pure.

Source of the elasticity metrics: SPEC RG Cloud, "Ready for rain?" (Herbst et al.): accuracy, time share of wrong
provisioning, instability; a task is needed where less would exceed `max_wait_s`'s queue, so at 100 % of its capacity.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from watchkeeper.autoscaling.activities import is_scaled
from watchkeeper.autoscaling.simulate import MINUTE_S, Run, Step
from watchkeeper.autoscaling.task import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """cost: US dollars. breach_minutes: minutes in which a request waited too long, or nobody served it."""

    cost: float
    breach_minutes: int
    task_hours: float
    metrics: Mapping[str, float]


def outcome(run: Run, workload: Workload) -> Outcome:
    """The figures of a run."""
    hours = run.step_s / 3600
    task_hours = run.billed_s / 3600
    on_demand = min(task_hours, workload.on_demand_base * len(run.steps) * hours)
    on_spot = (task_hours - on_demand) * workload.spot_ratio
    task_hour = workload.vcpu * workload.vcpu_hour_usd + workload.memory_gib * workload.gib_hour_usd
    breached = {step.at // MINUTE_S for step in run.steps if step.wait_s > workload.max_wait_s}
    scaled = [activity for _, _, _, activity in run.activities if is_scaled(activity)]
    days = max(1e-9, len(run.steps) * hours / 24)
    return Outcome(
        cost=round((task_hours - on_spot * (1 - workload.spot_price_ratio)) * task_hour, 2),
        breach_minutes=len(breached),
        task_hours=round(task_hours, 2),
        metrics={
            **_elasticity(run.steps, workload),
            "actions_per_day": round(len(scaled) / days, 3),
            "max_wait_s": round(max((step.wait_s for step in run.steps), default=0.0), 3),
            "p99_needed_tasks": _p99([needed(step, workload) for step in run.steps]),
            "max_running": max((step.running for step in run.steps), default=0),
            "min_running": min((step.running for step in run.steps), default=0),
        },
    )


def needed(step: Step, workload: Workload) -> int:
    """The fewest tasks that serve the load of a step."""
    return max(1, math.ceil(step.rps / workload.capacity_rps))


def _p99(values: Sequence[int]) -> int:
    return sorted(values)[math.ceil(len(values) * 0.99) - 1] if values else 0


def _elasticity(steps: Sequence[Step], workload: Workload) -> dict[str, float]:
    demands = [needed(step, workload) for step in steps]
    gaps = [(demand, step.running - demand) for demand, step in zip(demands, steps, strict=True)]
    count = max(1, len(steps))
    moves = sum(
        _sign(after.running - before.running) != _sign(demands[index + 1] - demands[index])
        for index, (before, after) in enumerate(pairwise(steps))
    )
    return {
        "accuracy_under_percent": round(100 * sum(-gap / demand for demand, gap in gaps if gap < 0) / count, 4),
        "accuracy_over_percent": round(100 * sum(gap / demand for demand, gap in gaps if gap > 0) / count, 4),
        "time_under_percent": round(100 * sum(gap < 0 for _, gap in gaps) / count, 4),
        "time_over_percent": round(100 * sum(gap > 0 for _, gap in gaps) / count, 4),
        "instability_percent": round(100 * moves / max(1, count - 1), 4),
    }


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
