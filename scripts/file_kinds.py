"""The kinds of files that a project holds, as their pages introduce them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """One kind of file.

    name: of its schema and page. title: where it stands. says: in a list of all. intro: a sentence a line. examples:
    files of the small project. names: how objects are called in headings, where their class is called otherwise.
    whole: heading of the keys at the top of the file. links: hand-written pages, text to target. is_template: entries
    may be repeated, values computed. is_layered: a key that is required may stand in any of several layers.
    """

    name: str
    title: str
    says: str
    intro: tuple[str, ...]
    examples: tuple[str, ...]
    whole: str = "The file"
    names: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    is_template: bool = False
    is_layered: bool = False


_ROUTING: Final = "platform/routing"

KINDS: Final = (
    FileKind(
        name="watchkeeper",
        title="watchkeeper.yaml",
        says="who owns what, where it runs, how large",
        intro=(
            "The project: teams, services, environments, and which connections they need.",
            "Every command reads it first; templates use its names, such as `<< service.slo.availability >>`.",
            "A value is looked for in the environment, then in its profile, then among the services or flows.",
            "Mappings are merged key by key, everything else is replaced.",
            "Of services, flows and environments `required` means: in one of these layers.",
        ),
        examples=("watchkeeper.yaml",),
        names={"environment_service": "Service of an environment", "PagerDuty": "PagerDuty"},
        links={
            "the topology": "../topology.md",
            "what it has and leaves out": "../features.md",
            "compare environments": "../../how-to/compare-environments.md",
        },
        is_layered=True,
    ),
    FileKind(
        name="monitors",
        title="monitors/*.yaml",
        says="monitors and objectives",
        intro=(
            "Monitors and service level objectives, rendered once for each environment.",
            "The identity of each is `<project>/<env>/<service>/<id>`, with `_` where it belongs to no service.",
            "Read by `monitors lint`, `render`, `test`, `backtest`, `preview`, `plan` and `sync`.",
        ),
        examples=("monitors/api.yaml",),
        names={
            "monitors": "Monitor",
            "slos": "Objective",
            "MonitorOptions": "Options",
            "SloThreshold": "SLO threshold",
        },
        links={
            "your first monitor": "../../tutorial/your-first-monitor.md",
            "objectives and burn rates": "../slos.md",
            "the query language": "../query-language.md",
            "lint rules": "../../lint/monitors.md",
        },
        is_template=True,
    ),
    FileKind(
        name="monitor-tests",
        title="monitors/tests/*.yaml",
        says="unit tests of monitors",
        intro=("Unit tests of monitors, run by `monitors test`.",),
        examples=("monitors/tests/api.yaml",),
        names={"TestShape": "Test"},
        links={
            "notation, answers and what counts": "../monitor-tests.md",
            "test a monitor before it pages you": "../../tutorial/test-a-monitor.md",
        },
    ),
    FileKind(
        name="routing",
        title=f"{_ROUTING}/*.yaml",
        says="people, schedules, escalation policies, PagerDuty services, Slack channels, routes",
        intro=(
            "Who is on call when, whom an unacknowledged page reaches next, and which alert goes where.",
            "Each list stands in a file of its name, `people:` in `people.yaml`.",
            "Read by `oncall who`, `plan` and `sync`; the routes by everything that shows whom a monitor reaches.",
        ),
        examples=tuple(
            f"{_ROUTING}/{name}.yaml"
            for name in ("people", "schedules", "escalation_policies", "services", "slack_channels", "routes")
        ),
        whole="The files",
        names={
            "people": "Person",
            "schedules": "Schedule",
            "escalation_policies": "Escalation policy",
            "services": "PagerDuty service",
            "slack_channels": "Slack channel",
            "routes": "Route",
        },
        links={"plan and sync": "../plan-and-sync.md"},
        is_template=True,
    ),
    FileKind(
        name="dashboards",
        title="dashboards/*.yaml",
        says="dashboards",
        intro=(
            "Dashboards, rendered once for each environment.",
            "The identity of each is `<project>/<env>/<service>/<id>`, with `_` where it belongs to no service.",
            "Read by `dashboards lint`, `render`, `plan`, `sync` and `incident`.",
        ),
        examples=("dashboards/api.yaml",),
        names={"dashboards": "Dashboard"},
        links={"plan and sync": "../plan-and-sync.md"},
        is_template=True,
    ),
    FileKind(
        name="autoscaling",
        title="autoscaling/<service>.yaml",
        says="how a service follows its load",
        intro=("How one service follows its load, in every environment.",),
        examples=("autoscaling/api.yaml",),
        links={
            "what each policy does": "../autoscaling-file.md",
            "the algorithm": "../scaling-algorithm.md",
            "lint rules": "../../lint/scaling.md",
        },
    ),
    FileKind(
        name="forwarding",
        title="platform/forwarding.yaml",
        says="which metrics and logs reach Datadog",
        intro=("Which of AWS's metrics and which logs reach Datadog.",),
        examples=("platform/forwarding.yaml",),
        links={
            "the way of each layer, keys and roles": "../forwarding-file.md",
            "prove the pipe": "../../how-to/prove-the-pipe.md",
        },
    ),
    FileKind(
        name="metrics",
        title="metrics.yaml",
        says="what is known of metrics of your own",
        intro=(
            "Metrics of your own, which lint and the language server then know.",
            "The metrics of AWS, ECS and the Agent are known without it.",
        ),
        examples=("metrics.yaml",),
        names={"Declaration": "Metric"},
        links={"lint rules": "../../lint/monitors.md"},
    ),
    FileKind(
        name="delivery",
        title="platform/delivery.yaml",
        says="which commit deploys where",
        intro=(
            "From a commit to an environment: where the repository is, where images are kept, which ref deploys where.",
        ),
        examples=("platform/delivery.yaml",),
        names={"GitHub": "GitHub", "Targets": "Environments"},
        links={"deliver a change": "../../how-to/deliver-a-change.md"},
    ),
    FileKind(
        name="prices",
        title="platform/prices.yaml",
        says="what AWS charges",
        intro=(
            "Prices with their date, and the assumptions for what depends on use.",
            "Read by `watchkeeper env cost`, renewed by `watchkeeper cost update-prices`.",
            "A price that is missing, and one of another region, are named: there is no total without them.",
        ),
        examples=("platform/prices.yaml",),
        links={"estimate the bill": "../../how-to/estimate-the-bill.md"},
    ),
)
