"""slo-timeframe-twice: two targets over one time-frame."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo, thresholds_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    seen: set[str] = set()
    for index, threshold in enumerate(thresholds_of(subject)):
        timeframe = str(threshold.get("timeframe"))
        if timeframe in seen:
            yield Flaw(f"a second target over {timeframe}", ("thresholds", index, "timeframe"))
        seen.add(timeframe)


RULE = Rule(
    id="slo-timeframe-twice",
    severity="error",
    title="Two targets over one time-frame",
    why="An objective has one target for each time-frame; which of two would count nobody can tell.",
    fix="keep one of them",
    source="OpenAPI of datadog-api-client 2.62.0, SLOThreshold",
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", '
        'denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9}, '
        "{timeframe: 30d, target: 99}]}"
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", '
        'denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9}, '
        "{timeframe: 7d, target: 99}]}"
    ),
)
