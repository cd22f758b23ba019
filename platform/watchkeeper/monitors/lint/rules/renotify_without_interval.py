"""renotify-without-interval: settings of a repetition that never happens."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_option, option_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if option_number(subject, "renotify_interval"):
        return
    for name in ("escalation_message", "renotify_statuses", "renotify_occurrences"):
        if subject.options.get(name):
            yield Flaw(f"`{name}` does nothing without `renotify_interval`", ("options", name), on_key=True)


RULE = Rule(
    id="renotify-without-interval",
    severity="warning",
    title="Settings of a repetition that never happens",
    why=(
        "Without `renotify_interval` a notification is sent once; `escalation_message`, "
        "`renotify_statuses` and `renotify_occurrences` do nothing."
    ),
    fix="set `renotify_interval` in minutes, or remove them",
    source='Datadog documentation, "Configure monitors", renotification',
    applies=has_option("escalation_message", "renotify_statuses", "renotify_occurrences"),
    check=_check,
    bad="options: {renotify_interval: 0, escalation_message: still down}",
    good="options: {renotify_interval: 30, escalation_message: still down}",
)
