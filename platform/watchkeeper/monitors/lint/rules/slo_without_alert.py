"""slo-without-alert: an objective whose budget nobody watches."""

from collections.abc import Iterator, Sequence

from watchkeeper.monitors.lint.asking import is_slo, is_slo_alert, slo_query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.slo.naming import named


def _check(subjects: Sequence[Subject], _context: Context) -> Iterator[tuple[Subject, Flaw]]:
    slos = [subject for subject in subjects if is_slo(subject)]
    known = {name for subject in slos for name in _names(subject)}
    watched = {
        named(query.slo.plain, subject.service, known)
        for subject in subjects
        if (query := slo_query_of(subject)) is not None
    }
    for subject in slos:
        # Who has a part of an account's JSON cannot tell what is missing.
        if subject.env and not watched & _names(subject):
            yield subject, Flaw("no alert watches its budget")


def _names(subject: Subject) -> set[str]:
    return {subject.label, str(subject.body.get("id") or subject.label)}


RULE = Rule(
    id="slo-without-alert",
    severity="info",
    title="An objective whose budget nobody watches",
    why="Without an alert people learn from the report that the objective was missed, a month later.",
    fix="add `burn_rate: {runbook: ...}` to the objective, or an `slo alert` that names it",
    source="Google, The Site Reliability Workbook, chapter 5",
    applies=lambda subject: is_slo(subject) or is_slo_alert(subject),
    check_all=_check,
    bad=(
        "[{kind: slo, name: Availability, type: metric, query: {numerator: "
        '"sum:a{env:prod}.as_count()", denominator: "sum:b{env:prod}.as_count()"}, tags: [], '
        "thresholds: [{timeframe: 30d, target: 99.9}], id: 0123456789abcdef0123456789abcdef, env: "
        'prod}, {type: slo alert, query: \'error_budget("ffffffffffffffffffffffffffffffff").over("30d") '
        "> 75'}]"
    ),
    good=(
        "[{kind: slo, name: Availability, type: metric, query: {numerator: "
        '"sum:a{env:prod}.as_count()", denominator: "sum:b{env:prod}.as_count()"}, tags: [], '
        "thresholds: [{timeframe: 30d, target: 99.9}], id: 0123456789abcdef0123456789abcdef, env: "
        'prod}, {type: slo alert, query: \'error_budget("0123456789abcdef0123456789abcdef").over("30d") '
        "> 75'}]"
    ),
)
