"""The monitors that a backtest plays: declared, exported or of a live account, and the members of their composites."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from watchkeeper.commands.monitors.account import account_monitors
from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.monitors.subjects import declared_subjects, exported_subjects
from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem, UsageError, did_you_mean
from watchkeeper.monitors.alerting import any_query, monitor_rules
from watchkeeper.monitors.playback import member_ids, members_below, queried_metrics
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.forms import MemberId
from watchkeeper.query.lexer import QuerySyntaxError


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which monitors. paths: templates, or JSON as Datadog exports it; none for all that the environment declares.

    is_live: those of the environment's Datadog account instead, with all of `tags`. only: some of them, by id.
    """

    paths: Sequence[Path] = ()
    is_live: bool = False
    tags: Sequence[str] = ()
    only: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is played. members: whom composites combine, as their queries name them. problems: who cannot be, and why.

    requests: how many it took to know.
    """

    subjects: Sequence[Subject] = ()
    members: Mapping[MemberId, Subject] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    requests: int = 0

    @property
    def everyone(self) -> list[Subject]:
        """Subjects and members, each once."""
        return list({id(each): each for each in (*self.subjects, *self.members.values())}.values())

    def changed(self, pairs: Iterable[tuple[Subject, Subject]]) -> "Roster":
        """The same with every monitor as its second self; what has none is left out, and composites of it too."""
        second = {id(old): new for old, new in pairs}
        members = {name: second[id(each)] for name, each in self.members.items() if id(each) in second}
        subjects: list[Subject] = []
        problems = list(self.problems)
        for each in self.subjects:
            missing = [str(name) for name in member_ids(each) if name not in members]
            if missing:
                why = f"its members {', '.join(missing)} were not read from Datadog"
                problems.append(_left_out(each, why, "record their series to files, or let it read to the end"))
            elif id(each) in second:
                subjects.append(second[id(each)])
        return Roster(subjects, members, problems, self.requests)


def load_roster(session: Session, wanted: Wanted) -> Roster:
    """Everybody who is to be played. Raises ConfigError, UsageError, RemoteError."""
    if wanted.is_live:
        account = account_monitors(session, wanted.tags)
        found, known, requests = account.subjects, _by_name([*account.members, *account.subjects]), account.requests
    else:
        found, requests = _on_disk(session, wanted.paths), 0
        known = _by_name([*_further(session, found, wanted), *found])
    if not found:
        fix = "choose other tags" if wanted.tags else "name a file or folder of monitors"
        raise UsageError("there are no monitors there", fix)
    chosen = [each for each in found if not wanted.only or {each.id, each.declaration} & set(wanted.only)]
    for name in wanted.only:
        if not any(name in (each.id, each.declaration) for each in chosen):
            hint = did_you_mean(name, [each.id for each in found]) or "see: monitors render"
            raise UsageError(f"there is no monitor `{name}`", hint)
    return _played(chosen, known, requests)


def load_former_roster(session: Session, wanted: Wanted) -> Roster:
    """As `load_roster`, of another revision: there a monitor may have been missing."""
    found = _on_disk(session, wanted.paths)
    chosen = [each for each in found if not wanted.only or {each.id, each.declaration} & set(wanted.only)]
    known = _by_name([*_further(session, found, wanted), *found])
    return _played(chosen, known, 0) if chosen else Roster()


def _on_disk(session: Session, paths: Sequence[Path]) -> list[Subject]:
    found: list[Subject] = []
    chosen: Sequence[Path | None] = paths or (None,)
    for path in chosen:
        target = None if path is None else session.root / path if (session.root / path).exists() else path
        if target is not None and not target.exists():
            raise UsageError(f"{path} does not exist", "name a file or folder of monitors")
        if target is not None and (target.suffix == ".json" or (target.is_dir() and any(target.rglob("*.json")))):
            found += exported_subjects(session.root, target)
        else:
            found += declared_subjects(declared_monitors(session, target))
    return found


def _by_name(subjects: Sequence[Subject]) -> dict[MemberId, Subject]:
    """Everybody whom a composite can name: by Datadog's number, or by the name of a declared monitor."""
    known: dict[MemberId, Subject] = {each.id: each for each in subjects}
    return known | {number: each for each in subjects if isinstance(number := each.definition.get("id"), int)}


def _further(session: Session, found: Sequence[Subject], wanted: Wanted) -> Sequence[Subject]:
    """The other monitors of the environment, where composites of the chosen files name some of them."""
    named = {name for each in found for name in _member_ids(each) if isinstance(name, str)}
    is_complete = not wanted.paths or named <= {each.id for each in found}
    return [] if is_complete else declared_subjects(declared_monitors(session))


def _member_ids(subject: Subject) -> tuple[MemberId, ...]:
    try:
        return member_ids(subject)
    except QuerySyntaxError:
        return ()


def _played(chosen: Sequence[Subject], known: Mapping[MemberId, Subject], requests: int) -> Roster:
    subjects: list[Subject] = []
    members: dict[MemberId, Subject] = {}
    problems: list[Problem] = []
    for subject in chosen:
        problem = _unplayable(subject, known)
        if problem is None:
            subjects.append(subject)
            members |= members_below(subject, known)
        else:
            problems.append(problem)
    if not subjects:
        raise ConfigError([Problem(each.what, each.where, fix=each.fix, rule=each.rule) for each in problems])
    return Roster(subjects, members, problems, requests)


def _unplayable(subject: Subject, known: Mapping[MemberId, Subject]) -> Problem | None:
    """Why a monitor is left out; None where it can be played."""
    try:
        _check(subject)
        below = members_below(subject, known)
        asked = dict.fromkeys(name for each in (subject, *below.values()) for name in member_ids(each))
        missing = [str(name) for name in asked if name not in known]
    except QuerySyntaxError as err:
        return _left_out(subject, str(err), err.fix)
    if missing:
        return _left_out(subject, f"its members {', '.join(missing)} are not among the monitors", "add them")
    for name, member in below.items():
        try:
            _check(member)
        except QuerySyntaxError as err:
            return _left_out(subject, f"its member {name}: {err}", err.fix)
    return None


def _check(subject: Subject) -> None:
    any_query(subject.definition)
    monitor_rules(subject.definition)
    queried_metrics(subject)


def _left_out(subject: Subject, why: str, fix: str) -> Problem:
    what = f"`{subject.id}` is left out: {why}"
    return Problem(what, subject.where, fix=fix, rule="query", severity="warning")
