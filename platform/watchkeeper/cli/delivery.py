"""`watchkeeper delivery`: decide, images, report."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, Group, common_options, env_option, loopback_option
from watchkeeper.errors import UsageError

delivery = Group("delivery", help="What a commit deploys, and who is told of it; the workflows call these.")
_head = click.option("--commit", "head", default="HEAD", help="Commit that is delivered.")


@delivery.command("decide", example="watchkeeper delivery decide --event push --ref refs/heads/main")
@click.option("--event", type=click.Choice(["push", "pull_request", "schedule"]), help="What happened.")
@click.option("--ref", default="", help="Full name of the ref; of a pull request, of its base.")
@click.option("--before", default="", help="Commit that the ref named before a push.")
@click.option("--fork", is_flag=True, help="The pull request comes from another repository.")
@click.option("--deleted", is_flag=True, help="The push has deleted the ref.")
@click.option("--present", multiple=True, help="A tag that the registry has, as repository:tag; repeatable.")
@click.option("--github", is_flag=True, help="Read the event of the GitHub run, and write the jobs to GITHUB_OUTPUT.")
@_head
@common_options
def decide(
    common: Common, event: str | None, ref: str, before: str, head: str, present: tuple[str, ...], **flags: bool
) -> int:
    """Tell which jobs an event asks for: environment, images to build, comparisons, deploys."""
    from watchkeeper.commands.delivery.decide import decide_in_checkout
    from watchkeeper.commands.session import open_session
    from watchkeeper.delivery.decide import Event
    from watchkeeper.delivery.github import event_of_run, output_lines

    if flags["github"]:
        happened = event_of_run(os.environ, _payload())
    elif event is None or (not ref and event != "schedule"):
        raise UsageError("an event and its ref are needed", "say --event push --ref refs/heads/NAME, or --github")
    else:
        happened = Event(
            name=event,  # type: ignore[arg-type] # click has checked it
            ref=ref,
            before=before,
            is_fork=flags["fork"],
            is_deleted=flags["deleted"],
        )
    # What a deleted ref named is not in the clone.
    commit = "HEAD" if happened.is_deleted else head
    decision = decide_in_checkout(open_session(common.root, "local"), happened, commit, present or None)
    if flags["github"] and os.environ.get("GITHUB_OUTPUT"):
        with Path(os.environ["GITHUB_OUTPUT"]).open("a") as file:
            file.write(output_lines(decision.jobs))
    if common.as_json:
        print(json.dumps(decision.to_json(), indent=2))
        return 0
    print(decision.jobs["reason"])
    for name, value in decision.jobs.items():
        if value and name not in ("reason", "registry", "region", "role_prefix"):
            print(f"  {name}: {value if isinstance(value, str) else json.dumps(value)}")
    return 0


def _payload() -> dict[str, Any]:
    path = os.environ.get("GITHUB_EVENT_PATH", "")
    try:
        found: dict[str, Any] = json.loads(Path(path).read_text()) if path else {}
    except (OSError, ValueError) as err:
        raise UsageError(f"GITHUB_EVENT_PATH cannot be read: {err}", "run it inside a GitHub run") from None
    return found


@delivery.command("images", example="watchkeeper delivery images --env dev --json")
@_head
@env_option
@loopback_option
@common_options
def images(common: Common, env: str, head: str, *, allow_loopback: bool) -> int:
    """Ask the registry which images of a commit it has; exits 1 when one is missing."""
    from watchkeeper.commands.delivery.images import find_images
    from watchkeeper.commands.session import open_session

    found = find_images(open_session(common.root, env, allow_loopback=allow_loopback), head)
    if common.as_json:
        print(json.dumps(found.to_json(), indent=2))
    else:
        for service, image in found.pinned.items():
            print(f"{service}: {image}")
        for missing in found.missing:
            print(f"{', '.join(missing.services)}: to be built of {missing.source} as {found.host}/{missing.name}")
    return EXIT_FINDINGS if found.missing else 0


@delivery.command("report", example="watchkeeper delivery report --env prod --ref refs/tags/v1.4.0")
@click.option("--ref", default="", envvar="GITHUB_REF", show_envvar=True, help="The ref that was deployed.")
@click.option("--failed", is_flag=True, help="The deploy has failed.")
@click.option("--url", default="", help="Where the run can be seen.")
@click.option(
    "--images", "pinned", default="{}", envvar="IMAGES", show_envvar=True, help="As `images --json` prints them."
)
@_head
@env_option
@loopback_option
@common_options
def report(
    common: Common, env: str, ref: str, url: str, pinned: str, head: str, *, failed: bool, allow_loopback: bool
) -> int:
    """Tell PagerDuty (a change event for each service) and Datadog (an event) of a deploy."""
    from watchkeeper.adapters.git import Git
    from watchkeeper.commands.delivery.report import report_deploy
    from watchkeeper.commands.session import open_session
    from watchkeeper.delivery.images import read_pinned
    from watchkeeper.delivery.report import DeployReport

    session = open_session(common.root, env, allow_loopback=allow_loopback)
    declared = {service.id: service.image for service in session.environment.services}
    given = read_pinned(pinned or "{}")
    deployed = DeployReport(
        project=session.project.name,
        env=env,
        commit=Git(session.root).commit(head),
        ref=ref or head,
        at=int(time.time()),
        is_success=not failed,
        url=url,
        images={**declared, **given.images},
        versions=given.versions,
    )
    told = report_deploy(session, deployed)
    if common.as_json:
        print(json.dumps(told.to_json(), indent=2))
    else:
        services = ", ".join(told.pagerduty) or "no service"
        print(f"told PagerDuty of {services}; Datadog: {'yes' if told.datadog else 'no'}")
    for reason in told.failed:
        print(f"error: {reason}", file=sys.stderr)
    return EXIT_FINDINGS if told.failed else 0
