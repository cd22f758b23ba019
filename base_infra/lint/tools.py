"""Runs cdk-nag, the CDK's validator, cfn-lint and our own rules over every environment of a project."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from aws_cdk import Validations

from base_infra.environment import App, add_environment, load_all_scaling
from base_infra.lint.findings import Finding, Templates
from base_infra.lint.rules import check_all
from watchkeeper.project.model import Broker, Environment, Project

EVERYTHING: Final = "everything"
_TOOLS: Final = {"AwsSolutions": "cdk-nag", "CloudFormation Validate": "CDK validator"}
_CONTEXT: Final = "cdk.json"


def everything_on(environment: Environment) -> Environment:
    """An environment with what the declared ones may leave off: a broker, three application zones, a firewall."""
    return replace(
        environment,
        name=EVERYTHING,
        network=replace(environment.network, application_zones=3, flow_logs="all"),
        edge=replace(environment.edge, waf="block", access_logs=True),
        broker=Broker(kind="provisioned"),
    )


def findings_of(project: Project, out: Path) -> list[Finding]:
    """What every tool says of every environment, and of one with everything on. out: an empty folder."""
    declared = list(project.environments.values())
    environments = [*declared, everything_on(declared[-1])]
    _synthesize(project, environments, out)
    found = [*_reported(out), *_cfn_lint(out)]
    for environment in environments:
        found += check_all(_templates(environment.name, out))
    return found


def _synthesize(project: Project, environments: Sequence[Environment], out: Path) -> None:
    from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415 - a tool of those who change the topology, not of its users

    context = json.loads((project.root / _CONTEXT).read_text())["context"]
    app = App(context=context, outdir=str(out))
    for environment in environments:
        origin = project.environments.get(environment.name) or list(project.environments.values())[-1]
        add_environment(app, project, environment, load_all_scaling(project, origin))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    try:
        app.synth()
    except RuntimeError:
        # Findings end the synthesis; the report and the templates are written all the same.
        if not (out / "validation-report.json").exists():
            raise


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
