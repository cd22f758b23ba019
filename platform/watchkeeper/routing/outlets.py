"""Where alerts arrive: PagerDuty services and Slack channels. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from watchkeeper.errors import Problem, did_you_mean
from watchkeeper.project.validate import STRICT
from watchkeeper.routing.routes import Route

Urgency = Literal["high", "low", "severity_based"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDutyService:
    """name: in PagerDuty, and in the handle `@pagerduty-<name>`. A timeout of 0 minutes is none."""

    __pydantic_config__ = STRICT

    id: str
    name: str
    escalation_policy: str
    urgency: Urgency = "high"
    acknowledgement_timeout_minutes: Annotated[int, Ge(0), Le(1440)] = 30
    auto_resolve_timeout_minutes: Annotated[int, Ge(0), Le(10080)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel:
    """name: without `#`. snapshot, tags: whether Datadog's messages show the graph and the tags."""

    __pydantic_config__ = STRICT

    id: str
    name: str
    snapshot: bool = True
    tags: bool = True


def undeclared_goals(
    routes: Sequence[Route], services: Sequence[PagerDutyService], channels: Sequence[SlackChannel]
) -> Iterator[Problem]:
    """Routes to a PagerDuty service or a Slack channel that nobody declares: their alerts would reach nobody."""
    known = {"pagerduty": [each.name for each in services], "slack": [each.name for each in channels]}
    files = {"pagerduty": ("PagerDuty service", "services.yaml"), "slack": ("Slack channel", "slack_channels.yaml")}
    for route in routes:
        names = known[route.handle.kind]
        if route.handle.name not in names:
            what, file = files[route.handle.kind]
            fix = did_you_mean(route.handle.name, names) or f"declare it in platform/routing/{file}"
            text = f"route `{route.id}` leads to the unknown {what} `{route.handle.name}`"
            yield Problem(text, route.where, fix=fix, rule="unknown-reference")
