"""What is wrong with a step policy: steps that leave a hole, overlap, or move the wrong way."""

import math
from collections.abc import Iterator
from itertools import pairwise

from watchkeeper.autoscaling.file import StepPolicyText, StepText
from watchkeeper.errors import Problem
from watchkeeper.project.source import Document, KeyPath

_MOST_STEPS = 20


def step_problems(document: Document, path: KeyPath, policy: StepPolicyText) -> Iterator[Problem]:
    """All problems of one policy, at the place of the step."""
    if policy.datapoints is not None and policy.datapoints > policy.periods:
        what = f"the alarm of `{policy.id}` needs {policy.datapoints} of {policy.periods} datapoints"
        where = document.at((*path, "datapoints"))
        yield Problem(what, where, fix="lower datapoints, or raise periods", rule="wrong-value")
    if len(policy.steps) > _MOST_STEPS:
        what = f"AWS takes {_MOST_STEPS} steps a policy, not {len(policy.steps)}"
        yield Problem(what, document.at((*path, "steps")), fix="merge some steps", rule="wrong-value")
    if policy.min_adjustment and policy.adjustment != "PercentChangeInCapacity":
        what = f"`min_adjustment` has no meaning with `{policy.adjustment}`"
        where = document.at_key((*path, "min_adjustment"))
        yield Problem(what, where, fix="remove it, or use PercentChangeInCapacity", rule="wrong-value")
    if policy.steps:
        yield from _interval_problems(document, path, policy)
    else:
        what = f"the step policy `{policy.id}` says no step"
        yield Problem(what, document.at((*path, "steps")), fix="add one: {lower: 0, change: 1}", rule="missing-key")
    for index, step in enumerate(policy.steps):
        if policy.adjustment == "ExactCapacity" and step.change < 0:
            what = f"{step.change} is no number of tasks"
            where = document.at((*path, "steps", index, "change"))
            yield Problem(what, where, fix="write the exact count", rule="wrong-value")


def _interval_problems(document: Document, path: KeyPath, policy: StepPolicyText) -> Iterator[Problem]:
    ordered = sorted(enumerate(policy.steps), key=lambda item: _lower(item[1]))
    for index, step in ordered:
        if _lower(step) >= _upper(step):
            what = f"a step from {_lower(step):g} to {_upper(step):g} is empty"
            where = document.at((*path, "steps", index))
            yield Problem(what, where, fix="`lower` must be below `upper`", rule="step-interval")
    for (_, before), (index, after) in pairwise(ordered):
        where = document.at((*path, "steps", index))
        if _upper(before) < _lower(after):
            what = f"no step covers {_upper(before):g} to {_lower(after):g} from the threshold"
            yield Problem(
                what, where, fix="AWS refuses holes: let the step before reach up to it", rule="step-interval"
            )
        if _upper(before) > _lower(after):
            what = f"two steps cover {_lower(after):g} to {min(_upper(before), _upper(after)):g} from the threshold"
            yield Problem(what, where, fix="AWS refuses overlaps: end one where the other begins", rule="step-interval")
    is_above = policy.comparison.startswith("Greater")
    edge = _upper(ordered[-1][1]) if is_above else _lower(ordered[0][1])
    if math.isfinite(edge):
        side = "upper" if is_above else "lower"
        index = ordered[-1][0] if is_above else ordered[0][0]
        what = f"a breach beyond {edge:g} from the threshold changes nothing"
        where = document.at((*path, "steps", index))
        yield Problem(what, where, fix=f"leave `{side}` out of the outermost step", rule="step-interval")


def _lower(step: StepText) -> float:
    return -math.inf if step.lower is None else step.lower


def _upper(step: StepText) -> float:
    return math.inf if step.upper is None else step.upper
