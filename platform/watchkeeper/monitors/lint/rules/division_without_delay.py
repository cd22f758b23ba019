"""division-without-delay: a ratio of CloudWatch counts without a delay."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, expression_in, metrics_of, option_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Binary, Metric
from watchkeeper.query.forms import MonitorQuery
from watchkeeper.query.parts import parts_of

_DELAY_S: Final = 60


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if (option_number(subject, "evaluation_delay") or 0) >= _DELAY_S:
        return
    expression = expression_in(subject)
    for part in parts_of(expression) if expression is not None else ():
        if not isinstance(part, Binary) or part.operator != "/":
            continue
        sides = [side for side in (part.left, part.right) if isinstance(side, Metric) and side.is_count]
        if len(sides) == 2 and sides[1].name.startswith("aws."):  # noqa: PLR2004 - above and below the line
            yield Flaw("the last minute of the two counts is not complete", QUERY, offset=part.operator_at)


RULE = Rule(
    id="division-without-delay",
    severity="info",
    title="A ratio of CloudWatch counts without a delay",
    why=(
        "The two counts of the last minute do not arrive together; their ratio jumps. Datadog recommends "
        "a delay of 60 seconds."
    ),
    fix="set `evaluation_delay: 60`, or 900 for polled metrics",
    source='Datadog documentation, "Configure monitors", evaluation delay',
    applies=lambda subject: (
        isinstance(subject.query, MonitorQuery)
        and any(metric.name.startswith("aws.") for metric in metrics_of(subject))
    ),
    check=_check,
    bad=(
        '{query: "sum(last_5m):sum:aws.applicationelb.httpcode_target_5xx{*}.as_count() / '
        'sum:aws.applicationelb.request_count{*}.as_count() > 0.1", options: {evaluation_delay: 0}}'
    ),
    good=(
        '{query: "sum(last_5m):sum:aws.applicationelb.httpcode_target_5xx{*}.as_count() / '
        'sum:aws.applicationelb.request_count{*}.as_count() > 0.1", options: {evaluation_delay: 60}}'
    ),
)
