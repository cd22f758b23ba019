"""`oncall who`: whom a page at an instant would reach."""

from dataclasses import dataclass
from datetime import datetime

from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError, did_you_mean
from watchkeeper.routing.escalation import Reached, levels_at
from watchkeeper.routing.load import OnCallPlan, load_on_call


@dataclass(frozen=True, slots=True)
class Who:
    """policy: its id. at: Unix seconds. levels: in the order in which they are asked."""

    policy: str
    at: int
    levels: list[Reached]
    plan: OnCallPlan


def instant_of(text: str) -> int:
    """RFC 3339 with an offset to Unix seconds. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"`{text}` is not an instant", "write it with an offset: 2026-11-24T03:00:00+01:00")
    return int(moment.timestamp())


def who_is_on_call(session: Session, policy: str, at: int) -> Who:
    """policy: of a team, or the id of a service (then its team's). Raises UsageError, ConfigError."""
    plan = load_on_call(session.project, session.environment)
    teams = {service.id: service.team for service in session.environment.services}
    by_team = {each.team: each.id for each in plan.policies.values()}
    name = policy if policy in plan.policies else by_team.get(teams.get(policy, ""), "")
    if not name:
        known = [*plan.policies, *teams]
        fix = did_you_mean(policy, known) or f"known: {', '.join(known)}"
        raise UsageError(f"there is no escalation policy or service `{policy}`", fix)
    return Who(name, at, levels_at(plan.policies[name], plan.schedules, at), plan)
