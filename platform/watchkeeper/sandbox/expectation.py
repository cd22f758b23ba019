"""What a replay is expected to bring: the file, and everything that can be wrong with it.

The lists are complete: what is not written down must not happen. What a row leaves out is not compared. A time is
`+21m` after the start, or a span `+21m..+23m`; a text between slashes is a regular expression.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final

from watchkeeper.errors import ConfigError, Problem, did_you_mean
from watchkeeper.project.source import Document, read_document
from watchkeeper.project.validate import STRICT, locate_in, validate

Row = Mapping[str, str]
"""Something expected, or something that happened, as texts by the names of the file."""

_SPAN: Final = re.compile(r"\+(\d{1,6})m(?:\.\.\+(\d{1,6})m)?")
_STATUSES: Final = ("triggered", "acknowledged", "escalated", "retriggered", "resolved", "dropped")
_OUTCOMES: Final = ("failed", "rolled back", "completed")
_STATES: Final = ("OK", "Warn", "Alert", "No Data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What PagerDuty does to an incident. service: PagerDuty's. assignee: who holds it, or did; several by `, `."""

    __pydantic_config__ = STRICT

    at: str
    status: str
    service: str
    assignee: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What Slack takes."""

    __pydantic_config__ = STRICT

    at: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """A new desired count. policy: that asked for it; empty when it was set by hand or by a scheduled action."""

    __pydantic_config__ = STRICT

    at: str
    service: str
    before: int
    after: int
    policy: str | None = None


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
    """A group of a monitor that comes to Alert, told or not. group: its tags, none for a monitor without groups."""

    __pydantic_config__ = STRICT

    at: str
    monitor: str
    group: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Each list complete. states: of the monitors that do not stand at OK in the end."""

    __pydantic_config__ = STRICT

    pages: tuple[Page, ...]
    slack: tuple[Message, ...]
    scaling: tuple[Scaling, ...]
    deployments: tuple[DeployEnd, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    alerts: tuple[Alert, ...] = ()
    states: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def rows(self, section: str) -> list[Row]:
        """What one of the lists says."""
        return [_row(each) for each in getattr(self, section)]


SECTIONS: Final = ("pages", "slack", "scaling", "deployments", "promotions", "alerts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an expectation can name: services, identities of monitors, minutes of the play."""

    services: Sequence[str]
    monitors: Sequence[str]
    minutes: int


def read_expectation(root: Path, file: str, known: Known) -> Expectation:
    """Read what is expected. Raises ConfigError with every problem."""
    document = read_document(root, file)
    found = validate(Expectation, document.data, locate_in((document, ())), what="the expectation")
    problems = list(_wrong(found, document, known))
    if problems:
        raise ConfigError(problems)
    return found


def span_of(text: str) -> tuple[int, int] | None:
    """The first and the last minute of a time; None for what is no time."""
    match = _SPAN.fullmatch(text)
    return None if match is None else (int(match[1]), int(match[2] or match[1]))


def is_pattern(text: str) -> bool:
    """Whether it is written between slashes."""
    return len(text) > 1 and text.startswith("/") and text.endswith("/")


def _wrong(found: Expectation, document: Document, known: Known) -> Iterator[Problem]:
    closed = {
        ("pages", "status"): _STATUSES,
        ("scaling", "service"): known.services,
        ("deployments", "service"): known.services,
        ("deployments", "outcome"): _OUTCOMES,
        ("alerts", "monitor"): known.monitors,
    }
    for section in SECTIONS:
        for index, row in enumerate(found.rows(section)):
            for name, text in row.items():
                words = closed.get((section, name))
                reason = _wrong_time(text, known.minutes) if name == "at" else _wrong_text(text, words)
                if reason is not None:
                    yield Problem(reason[0], document.at((section, index, name)), fix=reason[1])
    for monitor, state in found.states.items():
        reason = _wrong_text(state, _STATES)
        if reason is not None:
            yield Problem(reason[0], document.at(("states", monitor)), fix=reason[1])
        if monitor not in known.monitors:
            fix = did_you_mean(monitor, known.monitors) or "`monitors plan` names them"
            yield Problem(f"there is no monitor `{monitor}`", document.at_key(("states", monitor)), fix=fix)


def _wrong_time(text: str, minutes: int) -> tuple[str, str] | None:
    """What is wrong with a time, and how to mend it."""
    span = span_of(text)
    if span is None:
        return f"`{text}` is no time", "write +21m, or +21m..+23m"
    if span[0] > span[1]:
        return f"`{text}` ends before it begins", f"write +{span[1]}m..+{span[0]}m"
    if span[0] > minutes:
        return f"`{text}` lies after the end of the play", f"the play lasts {minutes} minutes"
    return None


def _wrong_text(text: str, known: Sequence[str] | None) -> tuple[str, str] | None:
    """What is wrong with a text or a pattern. known: where given, it can be nothing else."""
    if is_pattern(text):
        try:
            pattern = re.compile(text[1:-1])
        except re.error as err:
            return f"{text} is no regular expression: {err}", "mend it, or take the slashes away"
        if known is not None and not any(pattern.fullmatch(word) for word in known):
            return f"{text} fits nothing that there is", f"known: {', '.join(known)}"
    elif known is not None and text not in known:
        return f"there is no `{text}`", did_you_mean(text, known) or f"known: {', '.join(known)}"
    return None


def _row(value: object) -> Row:
    given = {each.name: getattr(value, each.name) for each in fields(value)}  # type: ignore[arg-type]
    return {
        name: ",".join(each) if isinstance(each, tuple) else str(each)
        for name, each in given.items()
        if each is not None
    }
