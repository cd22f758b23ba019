"""no-effect-offline: an option that no rehearsal can show."""

from collections.abc import Iterator, Mapping
from typing import Final

from watchkeeper.monitors.lint.asking import has_option
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.rules import RETAINING

_OF_SYNTHETIC_TESTS: Final = "it judges the runs of a synthetic test, which only Datadog has"
_WHY: Final[Mapping[str, str]] = {
    "min_failure_duration": _OF_SYNTHETIC_TESTS,
    "min_location_failed": _OF_SYNTHETIC_TESTS,
    "group_retention_duration": f"Datadog takes it of {', '.join(RETAINING)} only",
}


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for name, why in _WHY.items():
        has_effect = name == "group_retention_duration" and subject.type in RETAINING
        if subject.options.get(name) is not None and not has_effect:
            yield Flaw(f"`{name}` changes nothing in tests, backtests and the sandbox: {why}", ("options", name))


RULE = Rule(
    id="no-effect-offline",
    severity="info",
    title="An option that no rehearsal can show",
    why="A test, a backtest or the sandbox would do the same without it, so that none of them proves that it is right.",
    fix="prove it against Datadog, or remove it",
    source="OpenAPI of datadog-api-client 2.62.0, MonitorOptions",
    applies=has_option(*_WHY),
    check=_check,
    bad="options: {min_location_failed: 2}",
    good="options: {new_group_delay: 2}",
)
