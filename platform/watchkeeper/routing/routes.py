"""`platform/routing/routes.yaml`: which urgency of which service reaches which PagerDuty service or Slack channel."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.monitors.model import Monitor, Urgency
from watchkeeper.project.jinja_engine import TemplateEngine, read_partials
from watchkeeper.project.model import Environment, Project
from watchkeeper.project.source import read_document
from watchkeeper.project.templates import environment_scope, expand, shape_problems
from watchkeeper.project.validate import STRICT, validate

FOLDER: Final = "platform/routing"
FILE: Final = "platform/routing/routes.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDeclaration:
    """Where monitors that fit all that is said reach people. Exactly one of `pagerduty` and `slack`.

    id: unique in the file. urgency: that of the monitor. service: that of the monitor; `""` for those of no
    service, any where it is left out. team: that of the monitor; any where it is left out. pagerduty: name of the
    PagerDuty service that it reaches. slack: name of the Slack channel that it reaches, without `#`.
    """

    __pydantic_config__ = STRICT

    id: str
    urgency: Urgency
    service: str | None = None
    team: str | None = None
    pagerduty: str | None = None
    slack: str | None = None


@dataclass(frozen=True, slots=True)
class Handle:
    """Somewhere an alert goes. name: of the PagerDuty service, or of the Slack channel without `#`."""

    kind: Literal["pagerduty", "slack"]
    name: str
    account: str = ""

    @property
    def mention(self) -> str:
        """As it stands in a message."""
        return f"@pagerduty-{self.name}" if self.kind == "pagerduty" else f"@slack-{self.account}-{self.name}"

    @property
    def reaches(self) -> str:
        """As tests and traces write it."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One rule: a monitor that fits every given condition reaches the handle. None is no condition."""

    id: str
    urgency: Urgency
    service: str | None
    team: str | None
    handle: Handle
    where: Location

    def fits(self, monitor: Monitor) -> bool:
        """Whether a monitor takes this route."""
        return (
            monitor.urgency == self.urgency
            and self.service in (None, monitor.service)
            and self.team in (None, monitor.team)
        )


def load_routes(project: Project, environment: Environment) -> list[Route]:
    """The routes of an environment, in the order of the file. Raises ConfigError with all problems."""
    routes: list[Route] = []
    problems: list[Problem] = []
    document = read_document(project.root, FILE)
    problems += shape_problems(document, ("routes",), "a file of routes")
    with TemplateEngine(read_partials(project.root, FOLDER)) as engine:
        entries = expand(document, "routes", environment_scope(project, environment), engine)
    services = {service.id for service in environment.services}
    for entry in entries:
        try:
            found = validate(RouteDeclaration, entry.data, entry.locate, what=f"route `{entry.data.get('id', '?')}`")
        except ConfigError as err:
            problems += err.problems
            continue
        if (found.pagerduty is None) == (found.slack is None):
            fix = "name one `pagerduty:` service or one `slack:` channel"
            problems.append(Problem(f"route `{found.id}` needs exactly one goal", entry.where("id"), fix=fix))
            continue
        problems += _unknown("service", found.service, services | {""}, entry.where("service"))
        problems += _unknown("team", found.team, project.teams, entry.where("team"))
        goal = (
            Handle("pagerduty", found.pagerduty)
            if found.pagerduty is not None
            else Handle("slack", (found.slack or "").removeprefix("#"), project.datadog.slack_account)
        )
        where = entry.where("id")
        routes.append(
            Route(id=found.id, urgency=found.urgency, service=found.service, team=found.team, handle=goal, where=where)
        )
    if problems:
        raise ConfigError(problems)
    return routes


def _unknown(what: str, name: str | None, known: Mapping[str, object] | set[str], where: Location) -> Iterator[Problem]:
    if name is not None and name not in known:
        fix = did_you_mean(name, known) or "declare it in watchkeeper.yaml"
        yield Problem(f"unknown {what} `{name}`", where, fix=fix, rule="unknown-reference")


def handles(routes: Sequence[Route], monitor: Monitor) -> tuple[Handle, ...]:
    """Everywhere a monitor's transitions go, each once, in the order of the routes."""
    return tuple(dict.fromkeys(route.handle for route in routes if route.fits(monitor)))
