"""shadowed-monitor: a monitor that never says anything new."""

from collections.abc import Iterator, Sequence

from watchkeeper.monitors.lint.asking import QUERY, comparison_of, has_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.message import mentions
from watchkeeper.query.forms import MonitorQuery


def _check(subjects: Sequence[Subject], _context: Context) -> Iterator[tuple[Subject, Flaw]]:
    groups: dict[tuple[object, ...], list[tuple[float, Subject]]] = {}
    for subject in subjects:
        comparison = comparison_of(subject)
        if comparison is None or comparison.value is None or comparison.comparator in ("==", "!="):
            continue
        condition = " ".join(subject.text[: comparison.at].split())
        told = subject.handles if subject.handles is not None else mentions(subject.message)
        scope = (subject.env, subject.service, subject.urgency, tuple(sorted(told)))
        groups.setdefault((condition, comparison.comparator, *scope), []).append((comparison.value, subject))
    for (_, comparator, *_), members in groups.items():
        first = (min if str(comparator).startswith(">") else max)(members, key=lambda member: member[0])
        for value, subject in members:
            if value != first[0]:
                what = f"fires after {first[1].places.where(('id',))}, which tells the same people at {first[0]:g}"
                yield subject, Flaw(what, QUERY)


RULE = Rule(
    id="shadowed-monitor",
    severity="warning",
    title="A monitor that never says anything new",
    why=("Another one with the same query and the same recipients fires earlier; this one only repeats it."),
    fix="use `warning` and `critical` of one monitor, or give them other recipients",
    source="the duplicate and dependency checks of cloudflare/pint",
    applies=lambda subject: isinstance(subject.query, MonitorQuery) and has_number(subject),
    check_all=_check,
    bad='[{}, {name: other, query: "avg(last_5m):avg:system.load.1{*} > 5"}]',
    good='[{}, {name: other, query: "avg(last_5m):avg:system.load.5{*} > 5"}]',
)
