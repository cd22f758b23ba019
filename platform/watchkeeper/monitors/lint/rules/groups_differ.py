"""groups-differ: two sides of a calculation with different groups."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, expression_in, has_metrics
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Binary
from watchkeeper.query.parts import group_keys, parts_of


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    expression = expression_in(subject)
    for part in parts_of(expression) if expression is not None else ():
        if not isinstance(part, Binary):
            continue
        left, right = set(group_keys(part.left)), set(group_keys(part.right))
        if left and right and left != right:
            shown = ("by {" + ",".join(sorted(keys)) + "}" for keys in (left, right))
            yield Flaw(" against ".join(shown), QUERY, offset=part.operator_at)


RULE = Rule(
    id="groups-differ",
    severity="error",
    title="Two sides of a calculation with different groups",
    why=("Datadog joins groups by equal keys; with different keys no pair is found and the result is empty."),
    fix="group both sides by the same keys, or one side by none",
    source='Datadog documentation, "Arithmetic between two metrics"',
    applies=has_metrics,
    check=_check,
    bad='query: "avg(last_5m):avg:system.mem.used{*} by {host} / avg:system.mem.total{*} by {env} > 4"',
    good='query: "avg(last_5m):avg:system.mem.used{*} by {host} / avg:system.mem.total{*} by {host} > 4"',
)
