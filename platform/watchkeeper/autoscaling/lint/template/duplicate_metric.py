"""duplicate-metric: two target-tracking policies of a service on the same metric, of which AWS refuses the second."""

import json
from collections.abc import Iterator
from typing import Final

from watchkeeper.autoscaling.lint.template.parts import Properties, Template
from watchkeeper.autoscaling.model import STANDARD_RESOLUTION
from watchkeeper.errors import Problem

_SPECIFICATIONS: Final = ("PredefinedMetricSpecification", "CustomizedMetricSpecification")


def check(template: Template) -> Iterator[Problem]:
    """The same predefined metric, at whatever resolution, or the same metric of one's own."""
    seen: dict[tuple[str, str], str] = {}
    for name, policy in template.policies():
        metric = _tracked(policy)
        if metric is None:
            continue
        target = json.dumps(policy.get("ScalingTargetId") or policy.get("ResourceId"), sort_keys=True)
        other = seen.setdefault((target, metric), name)
        if other != name:
            what = f"{other} and {name} track the same metric of the same target: AWS refuses one of them"
            where = template.where(name, "TargetTrackingScalingPolicyConfiguration")
            yield Problem(what, where, fix="keep one of them, or track another metric", rule="duplicate-metric")


def _tracked(policy: Properties) -> str | None:
    """The metric as one text; None where the policy tracks none."""
    settings = policy.get("TargetTrackingScalingPolicyConfiguration") or {}
    for key in _SPECIFICATIONS:
        specification = settings.get(key)
        if specification:
            kind = specification.get("PredefinedMetricType")
            known = {**specification, "PredefinedMetricType": STANDARD_RESOLUTION.get(kind, kind)}
            return json.dumps(known, sort_keys=True)
    return None
