"""tag-spelling: a tag that is probably misspelled."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, demanded, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_NEAR: Final = 0.85


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        facts = context.catalogue.get(metric.name)
        if facts is None:
            continue
        keys = [(tag.key, tag.at) for tag, _ in demanded(metric.scope)]
        keys += list(zip(metric.by, metric.by_at, strict=False))
        for key, at in keys:
            near = _near(key, facts.tags)
            if near:
                edit = Edit(QUERY, near, (at, at + len(key)))
                yield Flaw(
                    f"`{metric.name}` has no tag `{key}`", QUERY, offset=at, fix=f"did you mean `{near}`?", edit=edit
                )


def _near(key: str, known: Sequence[str]) -> str:
    if key in known:
        return ""
    bare = re.sub(r"[^a-z0-9]", "", key)
    same = [tag for tag in known if re.sub(r"[^a-z0-9]", "", tag) == bare]
    return next(iter(same or get_close_matches(key, known, n=1, cutoff=_NEAR)), "")


RULE = Rule(
    id="tag-spelling",
    severity="warning",
    title="A tag that is probably misspelled",
    why=("No series carries the tag: the filter lets nothing through, or there are no groups."),
    fix="correct the key",
    source="tags in the metric catalogue",
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_5m):avg:aws.rds.cpuutilization{*} by {db_instance_identifier} > 90"',
    good='query: "avg(last_5m):avg:aws.rds.cpuutilization{*} by {dbinstanceidentifier} > 90"',
)
