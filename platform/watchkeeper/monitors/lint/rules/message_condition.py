"""message-condition: a condition that Datadog does not have."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import MESSAGE, has_message, pieces_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_KNOWN: Final = (
    "is_alert", "is_alert_recovery", "is_alert_to_warning", "is_exact_match", "is_match", "is_no_data",
    "is_no_data_recovery", "is_priority", "is_recovery", "is_renotify", "is_unknown", "is_warning",
    "is_warning_recovery", "is_warning_to_alert",
)  # fmt: skip


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for kind, content, at in pieces_of(subject):
        name = content[1:].split()[0] if kind == "open" and content[1:].split() else ""
        if name and name not in _KNOWN:
            fix = did_you_mean(name, _KNOWN) or f"known: {', '.join(_KNOWN)}"
            yield Flaw(f"there is no condition `{name}`", MESSAGE, offset=at, fix=fix)


RULE = Rule(
    id="message-condition",
    severity="error",
    title="A condition that Datadog does not have",
    why="What stands inside of it is never sent.",
    fix="use one of Datadog's conditions",
    source=(
        'Datadog documentation, "Conditional variables"; holds for every monitor that Datadog ships with '
        "its integrations (2025-09)"
    ),
    applies=has_message,
    check=_check,
    bad='message: "{{#is_alarm}}down{{/is_alarm}}"',
    good='message: "{{#is_alert}}down{{/is_alert}}"',
)
