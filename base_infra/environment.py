"""The stacks of an environment, and the one way in which they refer to each other.

Foundation -> Data, Edge, Broker -> Service -> Forwarding.
"""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App, Stack
from aws_cdk import Environment as Account

from base_infra.broker import Broker
from base_infra.database import Data
from base_infra.delivery import read_images
from base_infra.edge import Edge
from base_infra.forwarding import Forwarding, Layers
from base_infra.foundation import Foundation
from base_infra.service import ServiceStack, Shared
from base_infra.stack import tag, tag_restricting_function
from watchkeeper.autoscaling.load import load_scaling
from watchkeeper.autoscaling.model import ScalingConfig
from watchkeeper.delivery.images import with_images
from watchkeeper.errors import ConfigError, Problem, UsageError, did_you_mean
from watchkeeper.forwarding.load import load_forwarding
from watchkeeper.project.load import load_project
from watchkeeper.project.model import LOCAL, Environment, Project, Service

__all__ = ["App", "add_environment", "add_environments", "load_all_scaling"]

ALL = "all"


def add_environments(app: App, root: Path) -> None:
    """The stacks of the environment that `-c env=NAME` names; of every one with `-c env=all`; of `local` without.

    `-c images=JSON` sets the images of services.
    Raises ConfigError with all problems of watchkeeper.yaml, of platform/forwarding.yaml, or of all scaling files;
    UsageError for an unknown name.
    """
    pinned = read_images(app)
    project = with_images(load_project(root), pinned.images, pinned.versions)
    chosen = str(app.node.try_get_context("env") or LOCAL)
    if chosen != ALL and chosen not in project.environments:
        known = ", ".join([*project.environments, ALL])
        fix = did_you_mean(chosen, project.environments) or f"known: {known}"
        raise UsageError(f"there is no environment `{chosen}`", fix)
    names = list(project.environments) if chosen == ALL else [chosen]
    load_forwarding(project)
    scaling = {name: load_all_scaling(project, project.environment(name)) for name in names}
    for name in names:
        add_environment(app, project, project.environment(name), scaling[name])


def load_all_scaling(project: Project, environment: Environment) -> dict[str, ScalingConfig]:
    """The scaling of every service of an environment. Raises ConfigError with the problems of all files."""
    found: dict[str, ScalingConfig] = {}
    problems: list[Problem] = []
    for service in environment.services:
        try:
            config = load_scaling(project.root, service.id, environment.name, known_environments=project.environments)
        except ConfigError as err:
            problems += err.problems
            continue
        found[service.id] = config
        problems += _gradual_problems(project, service, config)
    if problems:
        raise ConfigError(problems)
    return found


def _gradual_problems(project: Project, service: Service, config: ScalingConfig) -> list[Problem]:
    """Requests per target are counted on one target group; a gradual deployment moves them to another.

    Source: Application Auto Scaling user guide, "Target tracking": not supported with blue/green deployments, 2026-11.
    """
    if service.deployment.strategy == "rolling":
        return []
    return [
        Problem(
            f"service `{service.id}`: policy `{policy.id}` counts requests per target, which a"
            f" {service.deployment.strategy} deployment moves between two target groups",
            project.places.get(f"services.{service.id}"),
            fix="scale on CPU or memory, or deploy with `strategy: rolling`",
            rule="gradual-request-count",
        )
        for policy in config.policies
        if policy.metric == "ALBRequestCountPerTarget"
    ]


def add_environment(
    app: App, project: Project, environment: Environment, scaling: Mapping[str, ScalingConfig]
) -> list[Stack]:
    """The stacks of one environment, in the order in which they are deployed. scaling: by service."""
    env, name = Account(account=environment.account, region=environment.region), environment.name
    is_protected = environment.database.is_protected

    def described(what: str) -> dict[str, object]:
        return {"env": env, "description": f"{what} of {project.name} in {name}"}

    foundation = Foundation(
        app, f"{name}-Foundation", project, environment, termination_protection=is_protected, **described("Network")
    )
    data = Data(
        app, f"{name}-Data", environment, foundation, termination_protection=is_protected, **described("Database")
    )
    edge = Edge(app, f"{name}-Edge", project, environment, foundation, **described("Load balancer"))
    broker = None
    if environment.broker.kind != "none":
        broker = Broker(
            app,
            f"{name}-Broker",
            project,
            environment,
            foundation,
            termination_protection=is_protected,
            **described("Broker"),
        )
    declared = load_forwarding(project)
    shared = Shared(foundation, data, edge, declared.logs.application, broker)
    services = {
        service.id: ServiceStack(
            app,
            f"{name}-Service-{service.id}",
            project=project,
            environment=environment,
            service=service,
            scaling=scaling[service.id],
            shared=shared,
            **described(f"Service {service.id}"),
        )
        for service in environment.services
    }
    forwarding = Forwarding(
        app,
        f"{name}-Forwarding",
        project,
        environment,
        Layers(foundation, data, edge),
        declared,
        **described("Forwarding"),
    )
    common = {**environment.tags, "env": name, "managed_by": "watchkeeper"}
    owner = {"team": environment.team} if environment.team else {}
    first = [foundation, data, edge, *([broker] if broker else [])]
    for stack in (*first, forwarding):
        tag(stack, {**common, **owner})
    tag_restricting_function(foundation, {**common, **owner})
    if broker:
        forwarding.add_stack_dependency(broker)
    for service in environment.services:
        tag(services[service.id], {**common, "service": service.id, "team": service.team})
        forwarding.add_stack_dependency(services[service.id])
    return [*first, *services.values(), forwarding]
