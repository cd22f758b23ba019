"""message-variable: a variable of the message that the query drops."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import MESSAGE, groups_of, has_message, has_metrics, pieces_of, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.visit import tags_of

_NAMED: Final = re.compile(r"\[?([A-Za-z0-9_./-]+?)\]?\.name")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if query is None:
        return
    groups = {key.lower() for key in groups_of(subject)}
    known = groups | {tag.partition(":")[0] for tag in tags_of(query)}
    # Grouped by host, a message may name every tag that the host has; nobody knows them offline.
    result = "is empty unless every host has the tag" if "host" in groups else "is always empty: the query drops"
    for kind, content, at in pieces_of(subject):
        found = _NAMED.fullmatch(content) if kind in ("variable", "plain") else None
        if found and found[1].lower() not in known:
            fix = did_you_mean(found[1], known) or f"add `{found[1]}` to `by {{...}}`"
            yield Flaw(f"`{{{{{content}}}}}` {result} `{found[1]}`", MESSAGE, offset=at, fix=fix)


RULE = Rule(
    id="message-variable",
    severity="warning",
    title="A variable of the message that the query drops",
    why=("`{{key.name}}` has a value only if the query is split by the key, or names it in its filter."),
    fix="add the key to `by {...}`, or use another one",
    source=('Datadog documentation, "Tag variables"; grosser/kennel 2.22 (invalid_variable_used_in_message)'),
    applies=lambda subject: has_message(subject) and has_metrics(subject),
    check=_check,
    bad='{query: "avg(last_5m):avg:system.load.1{*} by {host} > 4", message: "{{pod.name}} is slow"}',
    good='{query: "avg(last_5m):avg:system.load.1{*} by {host} > 4", message: "{{host.name}} is slow"}',
)
