"""The monitors of a live account as a backtest plays them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.monitors import MonitorStore
from watchkeeper.adapters.endpoints import Target, endpoint
from watchkeeper.commands.session import Session
from watchkeeper.errors import Location
from watchkeeper.monitors.codec import identify_monitor
from watchkeeper.monitors.playback import member_ids
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.lexer import QuerySyntaxError


@dataclass(frozen=True, slots=True)
class Account:
    """What an account holds. members: of composites, those that were not asked for. requests: how many it took."""

    subjects: Sequence[Subject]
    members: Sequence[Subject]
    requests: int


def account_monitors(session: Session, tags: Sequence[str]) -> Account:
    """The monitors of the environment's Datadog account that have all of these tags, whoever made them.

    One of ours is called as it is declared, any other one by Datadog's number. Raises UsageError, RemoteError.
    """
    target = Target(session.project, session.environment, session.environ, session.allow_loopback)
    client = DatadogClient(endpoint(target, "datadog"))
    store = MonitorStore(client)
    subjects = [_subject(body, session, client.caller.host) for body in store.tagged(tags)]
    known = {each.definition["id"] for each in subjects}
    needed = dict.fromkeys(number for each in subjects for number in _numbers(each) if number not in known)
    bodies = [body for number in needed if (body := store.get(number)) is not None]
    members = [_subject(body, session, client.caller.host) for body in bodies]
    return Account(subjects, members, client.caller.requests)


def _numbers(subject: Subject) -> list[int]:
    """The members of a composite; none of what cannot be read, which the roster says."""
    try:
        return [each for each in member_ids(subject) if isinstance(each, int)]
    except QuerySyntaxError:
        return []


def _subject(body: Mapping[str, Any], session: Session, host: str) -> Subject:
    identity = identify_monitor(body)
    ours = (session.project.name, session.environment.name)
    is_ours = identity is not None and (identity.project, identity.env) == ours
    return Subject(
        id=identity.short if identity is not None and is_ours else str(body["id"]),
        declaration=identity.id if identity is not None and is_ours else str(body["id"]),
        env=session.environment.name,
        definition=body,
        where=Location(f"{host}/monitors/{body['id']}"),
    )
