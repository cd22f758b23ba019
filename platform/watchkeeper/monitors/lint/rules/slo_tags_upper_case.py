"""slo-tags-upper-case: tags of an objective in upper case."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for index, tag in enumerate(subject.tags):
        if tag != tag.lower():
            path = ("tags", index)
            yield Flaw(f"`{tag}` becomes `{tag.lower()}`", path, edit=Edit(path, tag.lower()))


RULE = Rule(
    id="slo-tags-upper-case",
    severity="warning",
    title="Tags of an objective in upper case",
    why=("Datadog writes them in lower case, so that every later comparison shows a difference."),
    fix="write them in lower case",
    source=("grosser/kennel 2.22 (tags_are_upper_case); DataDog/terraform-provider-datadog#961"),
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: '
        '"sum:b{*}.as_count()"}, tags: ["team:Core"], thresholds: [{timeframe: 30d, target: 99.9}]}'
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: '
        '"sum:b{*}.as_count()"}, tags: ["team:core"], thresholds: [{timeframe: 30d, target: 99.9}]}'
    ),
)
