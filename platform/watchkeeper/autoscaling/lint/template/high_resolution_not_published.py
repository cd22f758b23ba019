"""high-resolution-not-published: a policy on a 20-second metric that its service does not publish is refused by AWS."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from watchkeeper.autoscaling.lint.template.parts import Template, predefined_metric
from watchkeeper.autoscaling.metrics import PREDEFINED
from watchkeeper.autoscaling.model import STANDARD_RESOLUTION
from watchkeeper.errors import Problem

_WITHOUT: Final = frozenset(("CODE_DEPLOY", "EXTERNAL"))
_RESOLUTION_S: Final = 20


def check(template: Template) -> Iterator[Problem]:
    """A high-resolution metric without the service's monitoring configuration, or with a controller that lacks it."""
    for name, policy in template.policies():
        metric = predefined_metric(policy)
        found = template.service_of_policy(policy) if metric in STANDARD_RESOLUTION else None
        if found is None:
            continue
        controller = (found[1].get("DeploymentController") or {}).get("Type", "")
        if controller in _WITHOUT:
            what = f"{found[0]} is deployed by {controller}, which has no high-resolution metrics"
            yield _problem(template, name, what, f"track {STANDARD_RESOLUTION[metric]}")
        elif PREDEFINED[metric].name not in _published(found[1]):
            what = f"{name} tracks {metric}, which {found[0]} does not publish"
            fix = "set Monitoring.MetricConfigurations with ResolutionSeconds 20, one deployment before the policy"
            yield _problem(template, name, what, fix)


def _published(service: Mapping[str, Any]) -> set[str]:
    configurations = (service.get("Monitoring") or {}).get("MetricConfigurations") or ()
    return {
        name
        for each in configurations
        if each.get("ResolutionSeconds") == _RESOLUTION_S
        for name in each.get("MetricNames", ())
    }


def _problem(template: Template, name: str, what: str, fix: str) -> Problem:
    return Problem(what, template.where(name), fix=fix, rule="high-resolution-not-published")
