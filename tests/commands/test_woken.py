"""Who would have been woken by the pages of a backtest."""

from pathlib import Path
from random import Random

from watchkeeper.commands.monitors.woken import first_asked
from watchkeeper.commands.session import open_session
from watchkeeper.routing.escalation import levels_at
from watchkeeper.routing.load import load_on_call

START = 1_790_000_000


def test_a_shift_is_looked_up_once_and_every_page_is_asked_as_alone(root: Path) -> None:
    """Three weeks of pages at any minute, over hand-offs, nights and weekends, of every policy."""
    session = open_session(root, "prod", environ={})
    plan = load_on_call(session.project, session.environment)
    rng = Random(5)  # noqa: S311 - no secret
    times = sorted(START + 60 * rng.randrange(21 * 1440) for _ in range(25))

    for policy in plan.policies.values():
        found = first_asked(policy, plan, times)

        alone = [levels_at(policy, plan.schedules, at)[0].people for at in times]
        assert found == [tuple(person.person for person in people) for people in alone]
