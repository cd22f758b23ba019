"""unhealthy-by-healthy: unhealthy hosts divided by healthy ones."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, expression_in, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Binary, Metric
from watchkeeper.query.parts import parts_of


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    expression = expression_in(subject)
    for part in parts_of(expression) if expression is not None else ():
        if not isinstance(part, Binary) or part.operator != "/" or not isinstance(part.right, Metric):
            continue
        above = [each.name for each in parts_of(part.left) if isinstance(each, Metric)]
        is_healthy = ".healthy_host_count" in part.right.name
        if is_healthy and any(".un_healthy_host_count" in name for name in above):
            yield Flaw("this has no value when every host is unhealthy", QUERY, offset=part.operator_at)


RULE = Rule(
    id="unhealthy-by-healthy",
    severity="warning",
    title="Unhealthy hosts divided by healthy ones",
    why="With all hosts unhealthy this divides by zero, and the worst case has no value.",
    fix="divide by the sum of both",
    source=('a published repair of such a monitor; AWS, "CloudWatch metrics for your Application Load Balancer"'),
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad=(
        'query: "min(last_5m):max:aws.applicationelb.un_healthy_host_count{*} / '
        'max:aws.applicationelb.healthy_host_count{*} > 0.5"'
    ),
    good=(
        'query: "min(last_5m):max:aws.applicationelb.un_healthy_host_count{*} / '
        'max:aws.applicationelb.un_healthy_host_count{*} > 0.5"'
    ),
)
