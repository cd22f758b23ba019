"""`watchkeeper forwarding`: plan, sync, doctor, key, permissions, canary."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watchkeeper.cli.frame import (
    EXIT_DIFFERENCE,
    EXIT_FINDINGS,
    Common,
    Group,
    common_options,
    env_option,
    loopback_option,
)
from watchkeeper.cli.reconcile import add_verbs
from watchkeeper.cli.terminal import print_problems

if TYPE_CHECKING:
    from watchkeeper.commands.reconcile import Reconciliation
    from watchkeeper.commands.session import Session

forwarding = Group("forwarding", help="The way of metrics and logs from AWS to Datadog.")


def _work(session: "Session") -> "Reconciliation":
    from watchkeeper.commands.forwarding.reconcile import integration_reconciliation

    return integration_reconciliation(session)


def _tell_external_id(session: "Session", work: "Reconciliation") -> None:
    from watchkeeper.commands.forwarding.reconcile import unwritten_external_id

    issued = unwritten_external_id(session, work)
    if issued:
        line = f"integration: external_ids: {{{session.environment.name}: {issued}}}"
        print(f"external id {issued}: write `{line}` into platform/forwarding.yaml, and deploy", file=sys.stderr)


add_verbs(
    forwarding,
    prefix="watchkeeper forwarding",
    changes="of Datadog's AWS integration; writes nothing",
    makes="Datadog's AWS integration of the account what the file says, and tell the external id of the role",
    work_of=_work,
    afterwards=_tell_external_id,
)


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


@forwarding.command("key", example="watchkeeper forwarding key --env stage")
@loopback_option
@env_option
@common_options
def key(common: Common, env: str, *, allow_loopback: bool) -> int:
    """Put Datadog's API key into the secrets that the deployed stacks read it from, each in its reader's shape."""
    from watchkeeper.commands.forwarding.key import put_key
    from watchkeeper.commands.session import open_session

    put = put_key(open_session(common.root, env, allow_loopback=allow_loopback))
    if common.as_json:
        print(json.dumps(put.to_json(env), indent=2))
        return 0
    for name in put.written:
        print(f"written: {name}")
    for name in put.unchanged:
        print(f"held already: {name}")
    return 0


@forwarding.command("permissions", example="watchkeeper forwarding permissions --env prod --deployed")
@click.option("--deployed", is_flag=True, help="Compare with the role in the account, too.")
@click.option(
    "--from",
    "newer",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Compare the snapshot with this newer list, as Datadog's API answers it.",
)
@loopback_option
@env_option
@common_options
def permissions(common: Common, env: str, newer: Path | None, *, deployed: bool, allow_loopback: bool) -> int:
    """Show what Datadog's role may do, what Datadog's own list has besides, and what has drifted; exits 3 for drift."""
    from watchkeeper.commands.forwarding.permissions import compare_permissions
    from watchkeeper.commands.session import open_session

    session = open_session(common.root, env, allow_loopback=allow_loopback)
    found = compare_permissions(session, is_deployed=deployed, newer=newer)
    if common.as_json:
        print(json.dumps(found.to_json(env), indent=2))
        return EXIT_DIFFERENCE if found.has_drift else 0
    known = found.known
    print(f"{found.role}: profile {found.profile}, {len(found.granted.actions)} actions")
    print(f"Datadog's list of {known.as_of} ({known.source}): {len(known.standard)} standard actions")
    sections = (
        ("not granted of the standard list", found.beyond),
        ("missing in the deployed role", found.missing),
        ("granted to the deployed role beyond its profile", found.surplus),
        ("new in Datadog's list", found.added),
        ("gone from Datadog's list", found.gone),
    )
    for title, actions in sections:
        if actions is not None:
            print(f"{title}: {len(actions)}")
            for action in actions:
                print(f"  {action}")
    return EXIT_DIFFERENCE if found.has_drift else 0


@forwarding.command("canary", example="watchkeeper forwarding canary --env stage --timeout 10")
@click.option("--timeout", default=10, type=click.IntRange(1, 120), help="Minutes to look for it; virtual in `local`.")
@loopback_option
@env_option
@common_options
def canary(common: Common, env: str, timeout: int, *, allow_loopback: bool) -> int:
    """Send a metric and a log through the deployed pipes and prove that Datadog has them; exits 1 when it has not."""
    from watchkeeper.commands.forwarding.canary import fly
    from watchkeeper.commands.session import open_session
    from watchkeeper.forwarding.canary import WAYS

    session = open_session(common.root, env, allow_loopback=allow_loopback)
    flown = fly(session, limit_s=timeout * 60, seed=time.time_ns() // 1000)
    if common.as_json:
        print(json.dumps(flown.to_json(env), indent=2))
        return 0 if flown.has_arrived else EXIT_FINDINGS
    time_of = "virtual seconds" if flown.is_virtual else "s"
    for proof in flown.proofs:
        if proof.has_arrived:
            print(f"{proof.kind}: arrived after {proof.latency_s} {time_of}: {WAYS[proof.kind]}")
        else:
            print(f"{proof.kind}: not seen in Datadog within {timeout} minutes")
        for reason in proof.reasons:
            print(f"  {reason}")
        if proof.backed_up:
            print(f"  {proof.backed_up} records of the stream lie in the bucket of failed data since it was sent")
    for way in flown.unproven:
        print(f"not sent: {way}")
    return 0 if flown.has_arrived else EXIT_FINDINGS
