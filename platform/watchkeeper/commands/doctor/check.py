"""What the doctor says of one thing that a running environment needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from watchkeeper.errors import Location, Problem, RemoteError, UsageError

State = Literal["ok", "missing", "note", "unasked"]
"""note: worth knowing, nothing is missing. unasked: something before it is missing, or a permission is."""

_FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True)
class Check:
    """name: of what is looked at. told: one sentence, never a secret. fix: what to do; empty where there is nothing."""

    name: str
    state: State
    told: str
    fix: str = ""
    where: Location | None = None


def of_problem(name: str, problem: Problem, state: State = "missing") -> Check:
    """A problem of a declaration."""
    return Check(name, state, problem.what, problem.fix, problem.where)


def asked(name: str, ask: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """What `ask` gives; what stops it becomes a check: a refusal, a silence, or credentials of somebody else."""
    try:
        yield from ask()
    except UsageError as err:
        yield Check(name, "missing", err.what, err.fix)
    except RemoteError as err:
        if err.status == _FORBIDDEN and err.what.startswith("AWS refused"):
            yield Check(name, "unasked", err.what, "look yourself, or ask with a role that may read it")
        else:
            yield Check(name, "missing", err.what, err.fix)
