"""The monitors of a live account as a backtest plays them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.monitors import MonitorStore
from watchkeeper.adapters.datadog.slos import SloStore
from watchkeeper.adapters.endpoints import Target, endpoint
from watchkeeper.commands.session import Session
from watchkeeper.errors import Location
from watchkeeper.monitors.alerting import any_query
from watchkeeper.monitors.codec import identify_monitor
from watchkeeper.monitors.playback import member_ids
from watchkeeper.monitors.slo.objective import Slos
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.forms import SloQuery
from watchkeeper.query.lexer import QuerySyntaxError


@dataclass(frozen=True, slots=True)
class Account:
    """What an account holds. requests: how many it took.

    members: of composites and of objectives, those that were not asked for.
    """

    subjects: Sequence[Subject]
    members: Sequence[Subject]
    requests: int


def account_monitors(session: Session, tags: Sequence[str]) -> Account:
    """The monitors of the environment's Datadog account that have all of these tags, whoever made them.

    With them come the objectives that alerts name, and the monitors of which composites and objectives are made.
    One of ours is called as it is declared, any other one by Datadog's number. Raises UsageError, RemoteError.
    """
    target = Target(session.project, session.environment, session.environ, session.allow_loopback)
    client = DatadogClient(endpoint(target, "datadog"))
    store, objectives = MonitorStore(client), SloStore(client)
    asked: Sequence[Mapping[str, Any]] = store.tagged(tags)
    known = {body["id"] for body in asked}
    slos: dict[str, Mapping[str, Any]] = {}
    found: list[Subject] = []
    level = list(asked)
    while level:  # composites of alerts on objectives of monitors are the deepest that there is
        for name in _objectives(level):
            if name not in slos and (slo := objectives.get(name)) is not None:
                slos[name] = slo
        subjects = [_subject(body, session, client.caller.host, slos) for body in level]
        found += subjects
        needed = dict.fromkeys(number for each in subjects for number in _numbers(each) if number not in known)
        known |= needed.keys()
        level = [body for number in needed if (body := store.get(number)) is not None]
    return Account(found[: len(asked)], found[len(asked) :], client.caller.requests)


def _objectives(bodies: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The ids of the objectives that alerts name; none of what cannot be read, which the roster says."""
    for body in bodies:
        with suppress(QuerySyntaxError):
            query = any_query(body)
            if isinstance(query, SloQuery):
                yield query.slo.plain


def _numbers(subject: Subject) -> list[int]:
    """The members of a composite or an objective; none of what cannot be read, which the roster says."""
    try:
        return [each for each in member_ids(subject) if isinstance(each, int)]
    except QuerySyntaxError:
        return []


def _subject(body: Mapping[str, Any], session: Session, host: str, slos: Slos) -> Subject:
    identity = identify_monitor(body)
    ours = (session.project.name, session.environment.name)
    is_ours = identity is not None and (identity.project, identity.env) == ours
    return Subject(
        id=identity.short if identity is not None and is_ours else str(body["id"]),
        declaration=identity.id if identity is not None and is_ours else str(body["id"]),
        env=session.environment.name,
        definition=body,
        slos=slos,
        where=Location(f"{host}/monitors/{body['id']}"),
    )
