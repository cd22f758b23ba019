"""A monitor over a period, evaluation by evaluation.

The one place where unit tests and backtests call the evaluator and the state machine, which the sandbox calls too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.monitors.alerting import MonitorMemory, run_monitor
from watchkeeper.monitors.message import Rendered
from watchkeeper.monitors.state import Transition
from watchkeeper.monitors.subject import Subject, reached, render_for
from watchkeeper.query.series import SeriesSource

STEP_S = 60
"""Nothing is evaluated more often."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an evaluation at `at` (Unix seconds) left behind, and the transitions that it made."""

    at: int
    memory: MonitorMemory
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A transition as people hear of it. rendered is None and reaches is empty where nobody is told."""

    transition: Transition
    rendered: Rendered | None
    reaches: tuple[str, ...]


def replay(subject: Subject, source: SeriesSource, start: int, end: int) -> Iterator[Step]:
    """Every minute of [start, end], Unix seconds. Raises QuerySyntaxError."""
    memory = MonitorMemory()
    for at in range(start, end + 1, STEP_S):
        memory, transitions = run_monitor(subject.definition, memory, source, at)
        yield Step(at, memory, transitions)


def notice_of(subject: Subject, transition: Transition) -> Notice:
    """What people hear of a transition. Raises MessageSyntaxError."""
    if not transition.notifies:
        return Notice(transition, None, ())
    rendered = render_for(subject, transition)
    return Notice(transition, rendered, reached(subject, rendered))
