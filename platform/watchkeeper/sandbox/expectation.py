"""What a replay is expected to bring, and how what it brought differs. Pure, save for reading the file.

The lists are complete: what is not written down must not happen. A time is `+21m` after the start, or a span
`+21m..+23m`; a text between slashes is a regular expression.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.project.source import Document, read_document
from watchkeeper.project.validate import STRICT, locate_in, validate
from watchkeeper.timeline import TimelineEvent

_SPAN: Final = re.compile(r"\+(\d+)m(?:\.\.\+(\d+)m)?")
_MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What PagerDuty does to an incident. service: PagerDuty's. assignee: who holds it, or did."""

    __pydantic_config__ = STRICT

    at: str
    status: str
    service: str
    assignee: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What Slack takes."""

    __pydantic_config__ = STRICT

    at: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """A new desired count. policy: of target tracking; empty when set otherwise."""

    __pydantic_config__ = STRICT

    at: str
    service: str
    before: int
    after: int
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployEnd:
    """What becomes of a deployment: `failed` when it is turned back, then `rolled back`; or `completed`."""

    __pydantic_config__ = STRICT

    at: str
    service: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A new writer."""

    __pydantic_config__ = STRICT

    at: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A group of a monitor that comes to Alert, told or not. group: its tags, empty for a monitor without groups."""

    __pydantic_config__ = STRICT

    at: str
    monitor: str
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Each list complete and in order. states: of the monitors that do not stand at OK in the end."""

    __pydantic_config__ = STRICT

    pages: tuple[Page, ...]
    slack: tuple[Message, ...]
    scaling: tuple[Scaling, ...]
    deployments: tuple[DeployEnd, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    alerts: tuple[Alert, ...] = ()
    states: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay brought. start_s: Unix seconds. alerts: at, monitor and group. states: of every monitor."""

    start_s: int
    events: Sequence[TimelineEvent]
    alerts: Sequence[tuple[int, str, tuple[str, ...]]]
    states: Mapping[str, str]


def read_expectation(root: Path, file: str) -> Expectation:
    """Read what is expected. Raises ConfigError with every problem."""
    document = read_document(root, file)
    found = validate(Expectation, document.data, locate_in((document, ())), what="the expectation")
    problems = list(_wrong(found, document))
    if problems:
        raise ConfigError(problems)
    return found


def _wrong(found: Expectation, document: Document) -> Iterator[Problem]:
    for section, _, rows in _sections(found):
        for index, row in enumerate(rows):
            if not _SPAN.fullmatch(row["at"]):
                where = document.at((section, index, "at"))
                yield Problem(f"`{row['at']}` is no time", where, fix="write +21m, or +21m..+23m")
            for name, text in row.items():
                if _is_pattern(text) and not _compiles(text):
                    where = document.at((section, index, name))
                    yield Problem(f"{text} is no regular expression", where, fix="mend it, or take the slashes away")


def differences(expected: Expectation, outcome: Outcome) -> list[str]:
    """One line for each thing that is missing, that was not expected, or that came otherwise; empty when all is so."""
    told: list[str] = []
    seen = _seen(outcome)
    for section, title, rows in _sections(expected):
        told += _compared(title, rows, seen[section])
    for monitor, state in sorted(outcome.states.items()):
        wanted = expected.states.get(monitor, "OK")
        if state != wanted:
            told.append(f"state of {monitor}: expected {wanted}, seen {state}")
    unknown = sorted(set(expected.states) - set(outcome.states))
    return told + [f"state of {monitor}: there is no such monitor" for monitor in unknown]


_Row = Mapping[str, str]


def _sections(expected: Expectation) -> Iterator[tuple[str, str, list[_Row]]]:
    """Name in the file, name in a message, and the rows as texts."""
    titles = {
        "pages": "page", "slack": "message to Slack", "scaling": "scaling activity",
        "deployments": "end of a deployment", "promotions": "promotion", "alerts": "alert",
    }  # fmt: skip
    for section, title in titles.items():
        yield section, title, [_row(each) for each in getattr(expected, section)]


def _row(value: object) -> _Row:
    found = {each.name: getattr(value, each.name) for each in fields(value)}  # type: ignore[arg-type]
    return {name: ",".join(each) if isinstance(each, tuple) else str(each) for name, each in found.items()}


def _seen(outcome: Outcome) -> Mapping[str, list[_Row]]:
    rows: dict[str, list[_Row]] = {name: [] for name in ("pages", "slack", "scaling", "deployments", "promotions")}
    for event in outcome.events:
        at, detail = _after(event.at, outcome.start_s), event.detail
        if event.kind == "page":
            names = detail.get("assignees")
            assignee = str(names[0]) if isinstance(names, list) and names else ""
            rows["pages"].append(
                _row(Page(at=at, status=str(detail["status"]), service=str(detail["service"]), assignee=assignee))
            )
        elif event.kind == "notification" and event.source.startswith("slack-") and detail["status"] == "sent":
            text = event.title.removesuffix(f", to {event.source}")
            rows["slack"].append(_row(Message(at=at, channel=event.source, text=text)))
        elif event.kind == "scaling":
            counts = {"before": detail["from"], "after": detail["to"], "policy": detail.get("policy", "")}
            texts = {name: str(value) for name, value in counts.items()}
            rows["scaling"].append({"at": at, "service": event.service, **texts})
        elif event.kind == "deploy" and "outcome" in detail:
            rows["deployments"].append({"at": at, "service": event.service, "outcome": str(detail["outcome"])})
        elif event.kind == "failover" and "to" in detail:
            rows["promotions"].append({"at": at, "before": str(detail["from"]), "after": str(detail["to"])})
    alerts = [
        _row(Alert(at=_after(at, outcome.start_s), monitor=monitor, group=group))
        for at, monitor, group in outcome.alerts
    ]
    return {**rows, "alerts": alerts}


def _after(at: int, start_s: int) -> str:
    return f"+{(at - start_s) // _MINUTE_S}m"


def _compared(title: str, expected: Sequence[_Row], seen: Sequence[_Row]) -> Iterator[str]:
    """Rows of one instant may come in any order; each expected row takes the first seen one that fits."""
    left = list(seen)
    for row in expected:
        fitting = next((each for each in left if _fits(row, each)), None)
        if fitting is None:
            yield f"missing {title}: {_text(row)}"
        else:
            left.remove(fitting)
    yield from (f"unexpected {title}: {_text(row)}" for row in left)


def _fits(row: _Row, seen: _Row) -> bool:
    return all(_within(text, seen[name]) if name == "at" else _equals(text, seen[name]) for name, text in row.items())


def _within(span: str, seen: str) -> bool:
    match = _SPAN.fullmatch(span)
    minute = int(seen[1:-1])
    return match is not None and int(match[1]) <= minute <= int(match[2] or match[1])


def _equals(text: str, seen: str) -> bool:
    return re.fullmatch(text[1:-1], seen) is not None if _is_pattern(text) else text == seen


def _is_pattern(text: str) -> bool:
    return len(text) > 1 and text.startswith("/") and text.endswith("/")


def _compiles(text: str) -> bool:
    try:
        re.compile(text[1:-1])
    except re.error:
        return False
    return True


def _text(row: _Row) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items() if value)
