"""What the tests of a project never reach: monitors, transitions, parts of messages. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.errors import Location
from watchkeeper.monitors.alerting import any_query, monitor_rules
from watchkeeper.monitors.message import branches_of, branches_taken
from watchkeeper.monitors.state import Transition
from watchkeeper.monitors.subject import Subject
from watchkeeper.monitors.unit_tests.model import TestResult
from watchkeeper.query.forms import CheckQuery
from watchkeeper.query.lexer import QuerySyntaxError


@dataclass(frozen=True, slots=True)
class Gap:
    """A declaration that is not tested in full. An untested one misses everything."""

    declaration: str
    where: Location | None
    tests: int
    transitions: tuple[str, ...]
    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """monitors, transitions, branches: how many there are and how many were reached."""

    gaps: Sequence[Gap]
    monitors: tuple[int, int]
    transitions: tuple[int, int]
    branches: tuple[int, int]

    def to_json(self) -> dict[str, Any]:
        """Plain values for the JSON answer."""
        return {
            name: {"total": total, "reached": reached}
            for name, (total, reached) in (
                ("monitors", self.monitors),
                ("transitions", self.transitions),
                ("message_blocks", self.branches),
            )
        } | {
            "gaps": [
                {
                    "monitor": gap.declaration,
                    "file": gap.where.file if gap.where else None,
                    "line": gap.where.line if gap.where else None,
                    "tests": gap.tests,
                    "transitions": list(gap.transitions),
                    "message_blocks": list(gap.branches),
                }
                for gap in self.gaps
            ]
        }


@dataclass(slots=True)
class _Tally:
    where: Location | None
    tests: int = 0
    possible: dict[str, None] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    branches: dict[str, None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)


def coverage(subjects: Sequence[Subject], results: Sequence[TestResult]) -> Coverage:
    """Counted by declaration: a test of one service or environment serves them all."""
    tallies: dict[str, _Tally] = {}
    for subject in subjects:
        tally = tallies.setdefault(subject.declaration, _Tally(subject.where))
        tally.possible.update(dict.fromkeys(possible_transitions(subject)))
        tally.branches.update(dict.fromkeys(branches_of(str(subject.definition.get("message") or ""))))
    for result in results:
        tally_or_none = tallies.get(result.subject.declaration) if result.subject else None
        if tally_or_none is None or result.subject is None:
            continue
        tally_or_none.tests += 1
        for notice in result.notices:
            tally_or_none.seen.add(transition_name(notice.transition))
            if notice.transition.notifies:
                tally_or_none.taken |= _branches(result.subject, notice.transition)
    return Coverage(
        gaps=list(_gaps(tallies)),
        monitors=(len(tallies), sum(tally.tests > 0 for tally in tallies.values())),
        transitions=_count((tally.possible, tally.seen) for tally in tallies.values()),
        branches=_count((tally.branches, tally.taken) for tally in tallies.values()),
    )


def _branches(subject: Subject, transition: Transition) -> set[str]:
    body = subject.definition
    return branches_taken(str(body.get("message") or ""), transition, tags=[str(tag) for tag in body.get("tags") or ()])


def _count(pairs: Iterator[tuple[Mapping[str, None], set[str]]]) -> tuple[int, int]:
    total = reached = 0
    for possible, seen in pairs:
        total += len(possible)
        reached += len(seen & possible.keys())
    return total, reached


def _gaps(tallies: Mapping[str, _Tally]) -> Iterator[Gap]:
    for declaration, tally in sorted(tallies.items()):
        transitions = tuple(name for name in tally.possible if name not in tally.seen)
        branches = tuple(name for name in tally.branches if name not in tally.taken)
        if transitions or branches:
            yield Gap(declaration, tally.where, tally.tests, transitions, branches)


def possible_transitions(subject: Subject) -> list[str]:
    """The transitions of which people can be told, by name; none where the query cannot be read."""
    try:
        query, rules = any_query(subject.definition), monitor_rules(subject.definition)
    except QuerySyntaxError:
        return []
    names = ["alert", "recovery"]
    if rules.warning is not None or isinstance(query, CheckQuery):
        names.append("warning")
    if rules.missing == "no data" or rules.notifies_no_data:
        names.append("no data")
    if rules.renotify_s:
        names.append("renotify")
    return names


def transition_name(transition: Transition) -> str:
    """The name under which coverage counts a transition."""
    if transition.is_renotify:
        return "renotify"
    names = {"Alert": "alert", "Warn": "warning", "No Data": "no data"}
    if transition.current in names:
        return names[transition.current]
    # The first OK of a new monitor is no recovery.
    return "recovery" if transition.previous in ("Alert", "Warn") or transition.notifies else "start"
