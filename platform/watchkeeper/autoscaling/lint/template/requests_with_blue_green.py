"""requests-with-blue-green: requests are counted at one target group, and the traffic moves to the other."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.autoscaling.lint.template.parts import Template, predefined_metric
from watchkeeper.autoscaling.model import REQUESTS
from watchkeeper.errors import Problem

_MOVING: Final = frozenset(("BLUE_GREEN", "LINEAR", "CANARY"))


def check(template: Template) -> Iterator[Problem]:
    """ALBRequestCountPerTarget on a service whose deployments change the target group."""
    for name, policy in template.policies():
        found = template.service_of_policy(policy) if predefined_metric(policy) == REQUESTS else None
        if found is None:
            continue
        strategy = (found[1].get("DeploymentConfiguration") or {}).get("Strategy", "")
        controller = (found[1].get("DeploymentController") or {}).get("Type", "")
        if strategy in _MOVING or controller == "CODE_DEPLOY":
            what = f"{found[0]} deploys by {strategy or controller}: {name} counts requests at one of two target groups"
            fix = "track CPU, or deploy by ROLLING"
            yield Problem(what, template.where(name), fix=fix, rule="requests-with-blue-green")
