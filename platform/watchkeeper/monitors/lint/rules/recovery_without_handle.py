"""recovery-without-handle: a handle that hears of the alert, not of its end."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import MESSAGE, has_message
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.message import MessageSyntaxError, render_transition
from watchkeeper.monitors.state import Transition

_PAGERS: Final = ("pagerduty", "webhook", "opsgenie")
_ALERT: Final = Transition(
    at=0, group=(), previous="OK", current="Alert", value=1.0, threshold=1.0, first_triggered=0, notifies=True
)
_RECOVERY: Final = Transition(
    at=0, group=(), previous="Alert", current="OK", value=0.0, threshold=1.0, first_triggered=0, notifies=True
)


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    try:
        told, ended = (render_transition("", subject.message, change).recipients for change in (_ALERT, _RECOVERY))
    except MessageSyntaxError:
        return
    for handle in told:
        if handle not in ended and handle.startswith(_PAGERS):
            offset = max(subject.declared.find(f"@{handle}"), 0)
            yield Flaw(f"`@{handle}` never hears of the recovery", MESSAGE, offset=offset)


RULE = Rule(
    id="recovery-without-handle",
    severity="warning",
    title="A handle that hears of the alert, not of its end",
    why=(
        "An incident is closed by the recovery notification; a handle inside of `{{#is_alert}}` never "
        "gets one, and the incident stays open."
    ),
    fix="put the handle outside of the block, or into `{{#is_recovery}}` too",
    source=('Datadog documentation, "PagerDuty integration": the resolve is sent with the recovery'),
    applies=lambda subject: has_message(subject) and any(f"@{kind}" in subject.message for kind in _PAGERS),
    check=_check,
    bad='message: "{{#is_alert}}down @pagerduty-api {{/is_alert}}"',
    good='message: "{{#is_alert}}down @slack-main-alerts {{/is_alert}}"',
)
