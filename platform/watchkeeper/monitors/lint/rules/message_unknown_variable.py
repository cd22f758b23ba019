"""message-unknown-variable: a variable that Datadog does not have."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import MESSAGE, groups_of, has_message, pieces_of, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.visit import tags_of

_KNOWN: Final = (
    "value", "threshold", "warn_threshold", "ok_threshold", "comparator", "first_triggered_at", "last_triggered_at",
    "first_triggered_at_epoch", "last_triggered_at_epoch", "triggered_duration_sec", "check_message", "timeframe",
    "short_window_burn_rate", "long_window_burn_rate", "group_status", "alert_id", "alert_title",
)  # fmt: skip
_WORD: Final = re.compile(r"[a-z_]+")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    keys = {*groups_of(subject), *(tag.partition(":")[0] for tag in (tags_of(query) if query is not None else ()))}
    for kind, content, at in pieces_of(subject):
        if kind not in ("variable", "plain") or not _WORD.fullmatch(content):
            continue
        if content not in _KNOWN:
            near = did_you_mean(content, _KNOWN)
            fix = f"write `{{{{{content}.name}}}}`" if content in keys else near or f"known: {', '.join(_KNOWN)}"
            yield Flaw(f"there is no variable `{{{{{content}}}}}`", MESSAGE, offset=at, fix=fix)


RULE = Rule(
    id="message-unknown-variable",
    severity="warning",
    title="A variable that Datadog does not have",
    why="It is replaced by nothing.",
    fix="use one of Datadog's variables",
    source='Datadog documentation, "Notification variables"',
    applies=has_message,
    check=_check,
    bad='message: "load is {{valeu}}"',
    good='message: "load is {{value}}"',
)
