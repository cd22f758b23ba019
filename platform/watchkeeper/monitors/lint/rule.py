"""What a lint rule is, what it may find, and its verdict on one monitor: it applies or not, and finds flaws or none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from watchkeeper.errors import Severity
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.project.source import KeyPath

REMOVE: Final = None
"""An edit to nothing: the value goes, and its key with it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One mechanical change of the file. path: of the value, below the monitor.

    to: the new text; REMOVE takes the value and its key away. span: begin and end of the part of the text that is
    replaced; None replaces the whole value, and `to` is then written as a plain scalar.
    """

    path: KeyPath
    to: str | None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a rule found in a monitor.

    path: of the value, below the monitor; empty for the monitor as a whole. offset: the character inside the text at
    `path`. on_key: the key is meant, not its value. edit: what `--fix` does, where that is mechanical.
    """

    what: str
    path: KeyPath = ("id",)
    offset: int | None = None
    on_key: bool = False
    fix: str = ""
    edit: Edit | None = None


Applies = Callable[[Subject], bool]
Check = Callable[[Subject, Context], Iterable[Flaw]]
CheckAll = Callable[[Sequence[Subject], Context], Iterable[tuple[Subject, Flaw]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. severity: error, Datadog refuses it or it can never work; warning, it misleads or flaps; info.

    title: the fault in one line. why: what happens to whoever has it. fix: the general remedy. source: where the
    behaviour is documented or was seen. applies: which monitors it can be asked about. check: one monitor at a time;
    check_all: all of them together. bad, good: the same query or setting with the fault and without, for the manual.
    """

    id: str
    severity: Severity
    title: str
    why: str
    fix: str
    source: str
    applies: Applies
    check: Check | None = None
    check_all: CheckAll | None = None
    bad: str = ""
    good: str = ""


def verdict(rule: Rule, subject: Subject, context: Context) -> tuple[Flaw, ...] | None:
    """What a rule says of one monitor: its flaws, an empty answer for a faultless one, None where it does not apply."""
    if rule.check is None or not rule.applies(subject):
        return None
    return tuple(rule.check(subject, context))
