"""slo-members: an objective without what it measures: monitors, counts, or slices of time."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.type == "monitor" and not subject.body.get("monitor_ids"):
        yield Flaw("the objective names no monitor", ("monitor_ids",))
    if subject.type == "metric" and not subject.body.get("query") and not subject.body.get("sli_specification"):
        yield Flaw("the objective has no query", ("query",))
    if subject.type == "time_slice" and not subject.body.get("sli_specification"):
        yield Flaw("the objective says nothing of its slices", ("sli_specification",))


RULE = Rule(
    id="slo-members",
    severity="error",
    title="An objective without what it measures: monitors, counts, or slices of time",
    why=('Datadog refuses it: "Invalid payload: must specify monitor_ids", "must specify the query for count types".'),
    fix="add `monitor_ids`, `query` with numerator and denominator, or `sli_specification`",
    source="recorded answers of POST /api/v1/slo",
    applies=is_slo,
    check=_check,
    bad=(
        "{kind: slo, name: Availability, type: monitor, monitor_ids: [], thresholds: [{timeframe: 30d, target: 99.9}]}"
    ),
    good=(
        "{kind: slo, name: Availability, type: monitor, monitor_ids: [12], thresholds: [{timeframe: 30d, "
        "target: 99.9}]}"
    ),
)
