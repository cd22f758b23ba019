"""`oncall`: who, plan, sync."""

import json
from typing import TYPE_CHECKING

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, Group, common_options, env_option
from watchkeeper.cli.reconcile import add_verbs
from watchkeeper.cli.terminal import table
from watchkeeper.timeline import utc_text

if TYPE_CHECKING:
    from watchkeeper.commands.reconcile import Reconciliation
    from watchkeeper.commands.session import Session

oncall = Group("oncall", help="Who is paged, when, and how.")


@oncall.command("who", example="oncall who checkout --at 2026-11-24T03:00:00+01:00")
@click.argument("policy")
@click.option("--at", "at", default=None, show_default="now", help="Instant with an offset, as in the example.")
@env_option
@common_options
def who(common: Common, env: str, policy: str, at: str | None) -> int:
    """Tell whom a page would reach, level by level; exits 1 when it would reach nobody."""
    import time

    from watchkeeper.commands.oncall.who import instant_of, who_is_on_call
    from watchkeeper.commands.session import open_session

    moment = int(time.time()) if at is None else instant_of(at)
    found = who_is_on_call(open_session(common.root, env), policy, moment)
    if common.as_json:
        levels = [
            {
                "level": reached.level,
                "after_s": reached.after_s,
                "people": [
                    {
                        "id": each.person,
                        "name": found.plan.people[each.person].name,
                        "source": each.source,
                        "until": None if each.until is None else utc_text(each.until),
                    }
                    for each in reached.people
                ],
            }
            for reached in found.levels
        ]
        print(
            json.dumps(
                {"schema_version": 1, "policy": found.policy, "at": utc_text(moment), "levels": levels}, indent=2
            )
        )
    else:
        rows = [
            (
                str(reached.level),
                f"{reached.after_s // 60} min",
                found.plan.people[each.person].name,
                each.source,
                "" if each.until is None else utc_text(each.until),
            )
            for reached in found.levels
            for each in reached.people
        ]
        print(f"{found.policy} at {utc_text(moment)}")
        print(
            table(rows, ("level", "after", "person", "by", "until")) if rows else "nobody: PagerDuty opens no incident"
        )
    return 0 if found.levels else EXIT_FINDINGS


def _work(session: "Session") -> "Reconciliation":
    from watchkeeper.commands.oncall.reconcile import on_call_reconciliation

    return on_call_reconciliation(session)


add_verbs(
    oncall,
    prefix="oncall",
    changes="in PagerDuty, Slack and Datadog's integrations; writes nothing",
    makes="schedules, policies, services and handles what the files say, and print a receipt",
    work_of=_work,
)
