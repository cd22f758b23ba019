"""unknown-metric: a metric that is probably misspelled."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_NEAR: Final = 0.85
_STATISTIC: Final = re.compile(r"\.(?:average|maximum|minimum|sum|samplecount|p\d+)$")


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        family = context.catalogue.family(metric.name)
        if family is None or context.catalogue.get(metric.name) is not None:
            continue
        if context.catalogue.get(_STATISTIC.sub("", metric.name)) is not None:
            continue
        near = get_close_matches(metric.name, context.catalogue.siblings(family), n=1, cutoff=_NEAR)
        if near:
            edit = Edit(QUERY, near[0], (metric.name_at, metric.name_at + len(metric.name)))
            what = f"{family.title} has no `{metric.name}`"
            yield Flaw(what, QUERY, offset=metric.name_at, fix=f"did you mean `{near[0]}`?", edit=edit)


RULE = Rule(
    id="unknown-metric",
    severity="warning",
    title="A metric that is probably misspelled",
    why="Datadog accepts any name; of one that does not exist there is never data.",
    fix="correct the name, or add it to metrics.yaml",
    source="names in the metric catalogue; the series check of cloudflare/pint",
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad='query: "max(last_5m):max:aws.applicationelb.unhealthy_host_count{*} > 1"',
    good='query: "max(last_5m):max:aws.applicationelb.un_healthy_host_count{*} > 1"',
)
