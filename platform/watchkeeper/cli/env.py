"""`watchkeeper env`: reach, diff, diagram, cost."""

import json
import sys
from pathlib import Path
from typing import Literal

import click

from watchkeeper.cli.frame import EXIT_DIFFERENCE, EXIT_FINDINGS, Common, Group, common_options, env_option
from watchkeeper.errors import UsageError

Format = Literal["svg", "mermaid"]

env = Group("env", help="Environments as their templates make them: who reaches whom, differences, picture, bill.")

assembly_option = click.option(
    "--assembly",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=None,
    show_default="synthesize now",
    help="Folder that `cdk synth` wrote.",
)


@env.command("reach", example="watchkeeper env reach --env prod --without-zone each")
@click.option(
    "--without-zone",
    "zone",
    default=None,
    help="Tell what is left when this zone is gone; `each` tries one after the other.",
)
@assembly_option
@env_option
@common_options
def reach(common: Common, env: str, zone: str | None, assembly: Path | None) -> int:
    """Prove that the declared flows pass and nothing else does; exits 1 with the rule at fault otherwise."""
    from watchkeeper.cli.reach_text import reach_json, reach_text, zone_json, zone_text
    from watchkeeper.cli.terminal import print_problems
    from watchkeeper.commands.env import reach as verb
    from watchkeeper.commands.session import open_session

    session = open_session(common.root, env)
    if zone is not None:
        losses = verb.reach_without_zone(session, assembly, zone)
        print(json.dumps(zone_json(env, losses), indent=2) if common.as_json else zone_text(env, losses))
        return 0 if all(loss.holds for loss in losses) else EXIT_FINDINGS
    found = verb.reach(session, assembly)
    if common.as_json:
        print(json.dumps(reach_json(env, found), indent=2))
    else:
        text, problems = reach_text(env, found, session.project.places)
        print(text)
        print_problems(problems, common.root, sys.stdout)
    return EXIT_FINDINGS if found.findings else 0


@env.command("diff", example="watchkeeper env diff dev prod")
@click.argument("left")
@click.argument("right")
@click.option("--exit-code", is_flag=True, help="End with 3 when there is a difference.")
@assembly_option
@common_options
def diff(common: Common, left: str, right: str, assembly: Path | None, *, exit_code: bool) -> int:
    """Show what differs from one environment to another: the settings, and the resources that follow from them."""
    from watchkeeper.cli.diff_text import diff_json, diff_text
    from watchkeeper.commands.env import diff as verb
    from watchkeeper.commands.session import open_session

    found = verb.diff(open_session(common.root, left), open_session(common.root, right), assembly)
    print(json.dumps(diff_json(left, right, found), indent=2) if common.as_json else diff_text(left, right, found))
    return EXIT_DIFFERENCE if exit_code and not found.are_none else 0


@env.command("diagram", example="watchkeeper env diagram --env prod --out docs/images/topology.svg")
@click.option("--format", "format_", type=click.Choice(["svg", "mermaid"]), default="svg", help="What is drawn.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    show_default="standard output",
    help="File that the picture is written to.",
)
@assembly_option
@env_option
@common_options
def diagram(common: Common, env: str, format_: Format, out: Path | None, assembly: Path | None) -> int:
    """Draw the network, what stands in it and who reaches whom, from the templates."""
    from watchkeeper.commands.env import diagram as verb
    from watchkeeper.commands.session import open_session

    text = verb.diagram(open_session(common.root, env), assembly, format_)
    if out is not None:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as err:
            raise UsageError(f"cannot write {out}: {err.strerror}", "name a file in a folder that exists") from err
    if common.as_json:
        answer = {"schema_version": 1, "env": env, "format": format_, "file": str(out) if out else None}
        print(json.dumps(answer if out else {**answer, "text": text}, indent=2))
    else:
        print(out if out is not None else text, end="\n" if out is not None else "")
    return 0


@env.command("cost", example="watchkeeper env cost --env prod --trace api=traces/day.csv")
@click.option(
    "--trace", "traces", multiple=True, metavar="SERVICE=FILE", help="Requests per second as recorded; repeatable."
)
@click.option("--compare", "other", default=None, metavar="ENV", help="Beside another environment.")
@click.option("--base", default=None, metavar="REV", help="Beside an earlier commit of this repository.")
@assembly_option
@env_option
@common_options
def cost(
    common: Common,
    env: str,
    traces: tuple[str, ...],
    other: str | None,
    base: str | None,
    assembly: Path | None,
) -> int:
    """Estimate the monthly bill from the templates and the dated prices of platform/prices.yaml."""
    from watchkeeper.cli import cost_text as text
    from watchkeeper.commands.env import cost as verb
    from watchkeeper.commands.session import open_session

    if other is not None and base is not None:
        raise UsageError("--compare and --base exclude each other", "ask for one after the other")
    session, given = open_session(common.root, env), dict(_trace(item) for item in traces)
    if other is None and base is None:
        bill = verb.cost(session, assembly, given)
        print(json.dumps(text.cost_json(bill), indent=2) if common.as_json else text.cost_text(bill))
        return 0
    if base is not None:
        before, after = verb.cost_since(session, base, assembly, given)
        names = (base, "now")
    else:
        before, after = verb.cost_beside(session, open_session(common.root, str(other)), assembly, given)
        names = (env, str(other))
    as_json = text.change_json(before, after, names)
    print(json.dumps(as_json, indent=2) if common.as_json else text.change_text(before, after, names))
    return 0


def _trace(text: str) -> tuple[str, Path]:
    service, separator, file = text.partition("=")
    if not separator or not service or not file:
        raise UsageError(f"`{text}` names no trace", "write --trace SERVICE=FILE")
    return service, Path(file)
