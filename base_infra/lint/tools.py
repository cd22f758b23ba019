"""Runs cdk-nag, the CDK's validator, cfn-lint and our own rules over every environment of a project."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

from aws_cdk import IPolicyValidationPlugin, Validations

from base_infra.environment import App, add_environment, load_all_scaling
from base_infra.lint.findings import Finding, Templates
from base_infra.lint.rules import check_all
from watchkeeper.project.model import Broker, Environment, Project

NAMES: Final = ("everything", "otherwise")
"""Of the environments that nobody declared."""
_TOOLS: Final = {"AwsSolutions": "cdk-nag", "CloudFormation Validate": "CDK validator"}
_CONTEXT: Final = "cdk.json"


def everything_on(environment: Environment) -> Environment:
    """An environment with what the declared ones may leave off: a broker, three application zones, a firewall."""
    return replace(
        environment,
        name=NAMES[0],
        network=replace(environment.network, application_zones=3, flow_logs="all"),
        edge=replace(environment.edge, waf="block", access_logs=True),
        broker=Broker(kind="provisioned"),
    )


def otherwise(environment: Environment) -> Environment:
    """An environment that chooses what the declared ones do not: what is gradual, serverless, or left out."""
    strategies: tuple[Literal["canary", "linear"], ...] = ("canary", "linear")
    services = tuple(
        replace(
            service,
            architecture="arm64",
            telemetry=replace(service.telemetry, agent=False),
            deployment=replace(service.deployment, strategy=strategies[index % len(strategies)]),
        )
        for index, service in enumerate(environment.services)
    )
    return replace(
        environment,
        name=NAMES[1],
        network=replace(environment.network, endpoints=(), flow_logs="none"),
        edge=replace(environment.edge, waf="off", access_logs=False),
        broker=Broker(kind="serverless"),
        services=services,
    )


def findings_of(project: Project, out: Path) -> list[Finding]:
    """What every tool says of every environment, and of those that nobody declared. out: an empty folder."""
    from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415 - a tool of those who change the topology, not of its users

    environments = synthesize_all(project, out, AwsSolutionsChecks())
    found = [*_reported(out), *_cfn_lint(out)]
    for environment in environments:
        found += check_all(_templates(environment.name, out))
    return found


def synthesize_all(project: Project, out: Path, *checks: IPolicyValidationPlugin) -> Sequence[Environment]:
    """The templates of the same environments; gives the environments. checks: plugins that read them besides."""
    declared = list(project.environments.values())
    environments = [*declared, everything_on(declared[-1]), otherwise(declared[-1])]
    context = json.loads((project.root / _CONTEXT).read_text())["context"]
    app = App(context=context, outdir=str(out), builtin_cloud_formation_validation=bool(checks))
    for environment in environments:
        origin = project.environments.get(environment.name) or declared[-1]
        add_environment(app, project, environment, load_all_scaling(project, origin))
    if checks:
        Validations.of(app).add_plugins(*checks)
    try:
        app.synth()
    except RuntimeError:
        # Findings end the synthesis; the report and the templates are written all the same.
        if not (out / "validation-report.json").exists():
            raise
    return environments


def _reported(out: Path) -> Iterator[Finding]:
    """What the plugins wrote into the assembly."""
    report = json.loads((out / "validation-report.json").read_text())
    for plugin in report["pluginReports"]:
        tool = _TOOLS[plugin["pluginName"]]
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                environment, _, where = construct["constructPath"].partition("-")
                rule = _short(violation["ruleName"])
                yield Finding(tool, rule, where, environment, violation["description"])


def _short(rule: str) -> str:
    """A rule's name with the references in it cut short: they repeat names of environments."""
    return re.sub(r":::[a-z]+-Edge:[^/]+", ":::<access logs>", re.sub(r'\{"Fn::Select".*(?=/\*\])', "<cluster>", rule))


def _templates(environment: str, out: Path) -> Templates:
    stacks = {
        path.name.removesuffix(".template.json").partition("-")[2]: json.loads(path.read_text())
        for path in sorted(out.glob(f"{environment}-*.template.json"))
    }
    return Templates(environment, stacks)


def _cfn_lint(out: Path) -> Iterator[Finding]:
    """Errors and warnings; its hints about style are left alone, as the CDK writes the templates."""
    from cfnlint.api import lint_by_config  # noqa: PLC0415 - as cdk_nag
    from cfnlint.config import ManualArgs  # noqa: PLC0415

    templates = [str(path) for path in sorted(out.glob("*.template.json"))]
    matches: list[Any] = lint_by_config(ManualArgs(templates=templates))
    for match in matches:
        environment, _, layer = Path(match.filename).name.removesuffix(".template.json").partition("-")
        parts = [str(part) for part in match.path or []]
        where = "/".join([layer, *parts[1:2]])
        yield Finding("cfn-lint", match.rule.id, where, environment, match.message)
