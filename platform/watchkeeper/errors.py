"""What can go wrong, as values that tell the user what to do.

WatchkeeperError            every error that reaches a user; `exit_code` says how the command ends
├── ConfigError             the declarations are wrong: a list of problems, each with file, line and fix    exit 2
├── UsageError              the command cannot be carried out as it was asked                              exit 2
├── RemoteError             a service answered with an error, or not at all                                exit 1
└── PlanRefused             a plan is too dangerous, or contradicts itself, so nothing was written         exit 1
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file. `line` and `column` count from 1; `file` is relative to the project's root."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: what is wrong, where, and how to mend it."""

    what: str
    where: Location | None = None
    fix: str = ""
    rule: str = ""
    severity: Severity = "error"


class WatchkeeperError(Exception):
    """Base of all errors that are shown to a user."""

    exit_code = 2


class ConfigError(WatchkeeperError):
    """The declarations are wrong. Carries every problem that was found, sorted by place.

    root: the folder to which the places are relative; the command line sets it to show the source lines.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found = [problems] if isinstance(problems, Problem) else list(problems)
        self.root = Path()
        self.problems: Sequence[Problem] = tuple(sorted(found, key=_place))
        super().__init__("; ".join(problem.what for problem in self.problems))


class UsageError(WatchkeeperError):
    """The command cannot be carried out as asked. `fix` says what to do instead."""

    def __init__(self, what: str, fix: str = "") -> None:
        self.what = what
        self.fix = fix
        super().__init__(what)


class RemoteError(WatchkeeperError):
    """A service refused or did not answer.

    host: who was asked. status: the HTTP status, None when there was no answer.
    is_ambiguous: the request may have been carried out although no answer came.
    """

    exit_code = 1

    def __init__(
        self, what: str, *, host: str, status: int | None = None, fix: str = "", is_ambiguous: bool = False
    ) -> None:
        self.what = what
        self.host = host
        self.status = status
        self.fix = fix
        self.is_ambiguous = is_ambiguous
        super().__init__(what)


class PlanRefused(WatchkeeperError):  # noqa: N818 - reads as what happened
    """Nothing was written, because the plan would do harm or cannot be true. `fix` says how to go on."""

    exit_code = 1

    def __init__(self, what: str, fix: str = "") -> None:
        self.what = what
        self.fix = fix
        super().__init__(what)


def visible(text: str) -> str:
    """One line of anybody's text as it may be shown: a tab is a space, nothing steers a terminal."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " if each.isspace() else "\ufffd" for each in text)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known words, or an empty text."""
    near = get_close_matches(word, list(known), n=2, cutoff=0.6)
    return f"did you mean {' or '.join(f'`{name}`' for name in near)}?" if near else ""


def _place(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.file, where.line, where.column) if where else ("", 0, 0)
