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
    """Where pages of a service arrive.

    id: its identity, so that a changed name is the same service. name: in PagerDuty, and in the handle
    `@pagerduty-<name>`. escalation_policy: id of the one that is followed. urgency: of its incidents, as PagerDuty
    names it. acknowledgement_timeout_minutes: after which an acknowledged incident triggers again; 0 is never.
    auto_resolve_timeout_minutes: after which an open incident resolves by itself; 0 is never.
    """

    __pydantic_config__ = STRICT

    id: str
    name: str
    escalation_policy: str
    urgency: Urgency = "high"
    acknowledgement_timeout_minutes: Annotated[int, Ge(0), Le(1440)] = 30
    auto_resolve_timeout_minutes: Annotated[int, Ge(0), Le(10080)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel:
    """Where notes of a team arrive.

    id: its name in plans and receipts. name: in Slack, without `#`; another name is another channel. snapshot:
    Datadog's messages show the graph. tags: Datadog's messages show the tags.
    """

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
