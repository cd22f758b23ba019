"""`watchkeeper forwarding`: doctor."""

import json
import sys
from pathlib import Path

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, Group, common_options, env_option
from watchkeeper.cli.terminal import print_problems

forwarding = Group("forwarding", help="The way of metrics and logs from AWS to Datadog.")


@forwarding.command("doctor", example="watchkeeper forwarding doctor --env prod --assembly cdk.out")
@click.option(
    "--assembly",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder that `cdk synth` wrote.  [default: the project's app is run]",
)
@click.option(
    "--template",
    "templates",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Look at this CloudFormation template instead; more than once.",
)
@click.option("--strict", is_flag=True, help="Warnings end with exit code 1 too.")
@env_option
@common_options
def doctor(common: Common, env: str, assembly: Path | None, templates: tuple[Path, ...], *, strict: bool) -> int:
    """Find what would lose, misdirect or multiply metrics and logs; offline."""
    from watchkeeper.commands.forwarding.doctor import examine_forwarding
    from watchkeeper.commands.session import open_session

    examined = examine_forwarding(open_session(common.root, env), assembly, templates)
    problems = [found.problem for found in examined.findings]
    if common.as_json:
        print(json.dumps(examined.to_json(env), indent=2))
    else:
        print_problems(problems, common.root, sys.stdout)
        print(f"{len(examined.stacks)} stacks, {len(problems)} findings")
    severities = {problem.severity for problem in problems}
    return EXIT_FINDINGS if "error" in severities or (strict and "warning" in severities) else 0
