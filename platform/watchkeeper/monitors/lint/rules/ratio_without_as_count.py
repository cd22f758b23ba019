"""ratio-without-as-count: a ratio of counts without `as_count()` on both sides."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, expression_in, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Binary, Metric
from watchkeeper.query.parts import parts_of


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    expression = expression_in(subject)
    for part in parts_of(expression) if expression is not None else ():
        if not isinstance(part, Binary) or part.operator != "/":
            continue
        left, right = part.left, part.right
        if not isinstance(left, Metric) or not isinstance(right, Metric) or (left.is_count and right.is_count):
            continue
        known = [context.catalogue.get(metric.name) for metric in (left, right)]
        if left.is_count != right.is_count or all(facts is not None and facts.kind == "count" for facts in known):
            without = right if left.is_count or not right.is_count else left
            yield Flaw(f"`{without.name}` stands without `.as_count()`", QUERY, offset=without.at)


RULE = Rule(
    id="ratio-without-as-count",
    severity="warning",
    title="A ratio of counts without `as_count()` on both sides",
    why=(
        "Without it the ratio of each moment is averaged: a quiet minute weighs as much as a busy one, "
        "and a mixed ratio compares a sum with a rate."
    ),
    fix="put `.as_count()` on both sides",
    source='Datadog documentation, "as_count() in monitor evaluations": 15/25 against 3.0',
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad=(
        '{query: "sum(last_5m):sum:aws.applicationelb.httpcode_target_5xx{*}.as_count() / '
        'sum:aws.applicationelb.request_count{*}.as_rate() > 0.1", options: {evaluation_delay: 60}}'
    ),
    good=(
        '{query: "sum(last_5m):sum:aws.applicationelb.httpcode_target_5xx{*}.as_count() / '
        'sum:aws.applicationelb.request_count{*}.as_count() > 0.1", options: {evaluation_delay: 60}}'
    ),
)
