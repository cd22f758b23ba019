"""unit-in-message: the message names another unit than the metric has."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from watchkeeper.monitors.lint.asking import MESSAGE, has_message, plain_metric
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_SHOWN: Final = re.compile(r"\{\{\{?\s*(?:value|threshold|warn_threshold)\s*\}?\}\}\s?(%|[A-Za-z]+)")
_UNITS: Final[Mapping[str, str]] = {
    "ms": "millisecond", "millisecond": "millisecond", "milliseconds": "millisecond", "s": "second", "sec": "second",
    "second": "second", "seconds": "second", "minute": "minute", "minutes": "minute", "%": "percent",
    "percent": "percent", "byte": "byte", "bytes": "byte", "B": "byte", "KB": "kibibyte", "MB": "mebibyte",
    "MiB": "mebibyte", "GB": "gibibyte", "GiB": "gibibyte",
}  # fmt: skip


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    metric = plain_metric(subject)
    facts = context.catalogue.get(metric.name) if metric is not None else None
    if facts is None or not facts.unit:
        return
    for match in _SHOWN.finditer(subject.declared):
        unit = _UNITS.get(match[1])
        if unit is not None and unit != facts.unit:
            what = f"`{match[1]}` is written, `{facts.name}` comes in {facts.unit}s"
            yield Flaw(what.replace("percents", "percent"), MESSAGE, offset=match.start(1))


RULE = Rule(
    id="unit-in-message",
    severity="warning",
    title="The message names another unit than the metric has",
    why="People read a number that is a thousand times too large or too small.",
    fix="write the unit of the metric",
    source="units in the metric catalogue",
    applies=lambda subject: has_message(subject) and plain_metric(subject) is not None,
    check=_check,
    bad=('{query: "avg(last_5m):avg:aws.rds.commit_latency{*} > 50", message: "commits take {{value}} seconds"}'),
    good='{query: "avg(last_5m):avg:aws.rds.commit_latency{*} > 50", message: "commits take {{value}} ms"}',
)
