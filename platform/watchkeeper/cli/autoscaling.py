"""`autoscaling`: lint, simulate, check."""

import json
import sys
from pathlib import Path

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, Group, common_options, env_option
from watchkeeper.cli.terminal import print_problems

autoscaling = Group("autoscaling", help="Scaling policies as code.")


@autoscaling.command("lint", example="autoscaling lint --env prod --template cdk.out/prod-Service-api.template.json")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--template",
    "templates",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A synthesized CloudFormation template to look at too; more than once.",
)
@click.option("--strict", is_flag=True, help="Warnings end with exit code 1 too.")
@env_option
@common_options
def lint(common: Common, env: str, path: Path | None, templates: tuple[Path, ...], *, strict: bool) -> int:
    """Find what AWS would refuse, and what would scale too late, too little or never; offline."""
    from watchkeeper.commands.autoscaling.declared import declared_scaling, findings
    from watchkeeper.commands.session import open_session

    session = open_session(common.root, env)
    declared = declared_scaling(session, path)
    found = findings(session, declared, templates, is_whole=path is None)
    if common.as_json:
        records = [
            {
                "rule": each.problem.rule,
                "severity": each.problem.severity,
                "file": each.problem.where.file if each.problem.where else "",
                "line": each.problem.where.line if each.problem.where else 0,
                "column": each.problem.where.column if each.problem.where else 0,
                "service": each.service,
                "message": each.problem.what,
                "fix": each.problem.fix,
            }
            for each in found
        ]
        answer = {"schema_version": 1, "env": env, "services": len(declared), "templates": len(templates)}
        print(json.dumps({**answer, "findings": records}, indent=2))
    else:
        print_problems([each.problem for each in found], common.root, sys.stdout)
        print(f"{len(declared)} services, {len(templates)} templates, {len(found)} findings")
    severities = {each.problem.severity for each in found}
    return EXIT_FINDINGS if "error" in severities or (strict and "warning" in severities) else 0
