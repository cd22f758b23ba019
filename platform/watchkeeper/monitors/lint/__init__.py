"""The lint rules of monitors: one rule, one file, one test, one page below docs/lint/."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from watchkeeper.errors import Problem
from watchkeeper.monitors.lint import message_blocks, no_runbook, query_syntax, threshold_mismatch
from watchkeeper.monitors.model import Monitor

RULES: Final[Sequence[Callable[[Monitor], Iterator[Problem]]]] = (
    query_syntax.check,
    threshold_mismatch.check,
    message_blocks.check,
    no_runbook.check,
)


def lint_monitors(monitors: Iterable[Monitor]) -> list[tuple[Monitor, Problem]]:
    """Every finding of every rule, in the order of the monitors."""
    return [(monitor, problem) for monitor in monitors for rule in RULES for problem in rule(monitor)]
