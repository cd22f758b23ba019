"""`watchkeeper forwarding`: doctor, canary."""

import json
import sys
import time
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


@forwarding.command("canary", example="watchkeeper forwarding canary --env stage --timeout 10")
@click.option("--timeout", default=10, type=click.IntRange(1, 120), help="Minutes to look for it; virtual in `local`.")
@click.option("--allow-loopback", is_flag=True, help="Let another environment than local speak to this machine.")
@env_option
@common_options
def canary(common: Common, env: str, timeout: int, *, allow_loopback: bool) -> int:
    """Send a metric through the deployed stream and prove that Datadog has it; exits 1 when it has not."""
    from watchkeeper.commands.forwarding.canary import fly
    from watchkeeper.commands.session import open_session

    session = open_session(common.root, env, allow_loopback=allow_loopback)
    flown = fly(session, limit_s=timeout * 60, seed=time.time_ns() // 1000)
    proof = flown.proof
    if common.as_json:
        print(json.dumps(flown.to_json(env), indent=2))
    else:
        time_of = "virtual seconds" if flown.is_virtual else "s"
        if proof.has_arrived:
            print(f"arrived after {proof.latency_s} {time_of}: CloudWatch, metric stream, Firehose, Datadog")
        else:
            print(f"not seen in Datadog within {timeout} minutes")
        for reason in proof.reasons:
            print(f"  {reason}")
        if proof.backed_up:
            print(f"  {proof.backed_up} records of the stream lie in the bucket of failed data since it was sent")
    return 0 if proof.has_arrived else EXIT_FINDINGS
