"""slo-groups: groups of an objective that is not made of one monitor."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    members = subject.body.get("monitor_ids")
    has_one = isinstance(members, list | tuple) and len(members) == 1
    if subject.body.get("groups") and (subject.type != "monitor" or not has_one):
        yield Flaw("`groups` needs exactly one monitor", ("groups",), on_key=True)


RULE = Rule(
    id="slo-groups",
    severity="warning",
    title="Groups of an objective that is not made of one monitor",
    why=("`groups` chooses among the groups of a single monitor; elsewhere Datadog takes it and pays no attention."),
    fix="remove `groups`, or name exactly one monitor",
    source=("OpenAPI of datadog-api-client 2.62.0, ServiceLevelObjective.groups; recorded bodies that were accepted"),
    applies=is_slo,
    check=_check,
    bad=(
        "{kind: slo, name: Availability, type: monitor, tags: [], thresholds: [{timeframe: 30d, target: "
        '99.9}], monitor_ids: [12, 34], groups: ["env:prod"]}'
    ),
    good=(
        "{kind: slo, name: Availability, type: monitor, tags: [], thresholds: [{timeframe: 30d, target: "
        '99.9}], monitor_ids: [12], groups: ["env:prod"]}'
    ),
)
