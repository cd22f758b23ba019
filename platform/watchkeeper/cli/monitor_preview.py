"""`monitors preview`."""

import json
from typing import TYPE_CHECKING, Any

import click

from watchkeeper.cli.frame import Command, Common, common_options, env_option

if TYPE_CHECKING:
    from watchkeeper.commands.monitors.preview import Preview, Previews

_NAMES = ("alert", "warning", "no-data", "renotify", "recovery")


@click.command("preview", cls=Command, example="monitors preview api/edge-5xx --env prod --transition alert")
@click.argument("monitor", metavar="ID")
@click.option("--transition", type=click.Choice(_NAMES), show_default="all that are told", help="One of them.")
@click.option("--group", multiple=True, metavar="TAG", help="Tag of the group, such as host:web-1; repeatable.")
@click.option("--value", type=float, show_default="one that fits", help="The value of the query.")
@click.option("--at", show_default="now", help="Instant for which the people on call are named, with an offset.")
@env_option
@common_options
def preview(
    common: Common,
    env: str,
    monitor: str,
    transition: str | None,
    group: tuple[str, ...],
    value: float | None,
    at: str | None,
) -> int:
    """Show title, message and recipients of a monitor's transitions with sample values; offline."""
    import time

    from watchkeeper.commands.monitors.preview import preview_monitor
    from watchkeeper.commands.oncall.who import instant_of
    from watchkeeper.commands.session import open_session
    from watchkeeper.monitors.alerting import monitor_approximations

    moment = int(time.time()) if at is None else instant_of(at)
    session = open_session(common.root, env)
    found = preview_monitor(session, monitor, transition, moment, group=group, value=value)
    notes = monitor_approximations(found.subject.definition)
    if common.as_json:
        records = [_record(each, found) for each in found.found]
        answer = {"schema_version": 1, "monitor": found.subject.id, "env": env, "previews": records}
        print(json.dumps({**answer, "approximations": list(notes)}, indent=2))
        return 0
    for each in found.found:
        _print(each, found)
    for note in notes:
        print(f"note: {note}")
    return 0


def _record(each: "Preview", found: "Previews") -> dict[str, Any]:
    rendered = each.notice.rendered
    assert rendered is not None
    return {
        "transition": each.name,
        "title": rendered.title,
        "message": rendered.message,
        "reaches": list(each.notice.reaches),
        "value": each.notice.transition.value,
        "people": [
            {
                "by": handle,
                "level": level.level,
                "after_s": level.after_s,
                "people": [found.plan.people[person.person].name for person in level.people],
            }
            for handle, levels in each.people
            for level in levels
        ],
    }


def _print(each: "Preview", found: "Previews") -> None:
    from watchkeeper.cli.terminal import colour

    rendered = each.notice.rendered
    assert rendered is not None
    print(colour(f"{each.name}: {rendered.title}", "bold"))
    print("\n".join(f"    {line}".rstrip() for line in rendered.message.splitlines()))
    print(f"  reaches {', '.join(each.notice.reaches) or 'nobody'}")
    for handle, levels in each.people:
        for level in levels:
            names = ", ".join(found.plan.people[person.person].name for person in level.people)
            when = f"after {level.after_s // 60} min" if level.after_s else "at once"
            print(f"    {handle} {when}: {names}")
    print()
