"""How rules are asked."""

from tests.monitors.lint.twins import TODAY, catalogue, subjects_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.engine import lint
from watchkeeper.monitors.lint.rule import verdict
from watchkeeper.monitors.lint.rules import RULES, timeout_too_long

CONTEXT = Context(catalogue=catalogue())


def test_a_verdict_has_three_values() -> None:
    """A rule does not apply, or finds nothing, or finds flaws."""
    silent, good, bad = (
        subjects_of(example)[0] for example in ("{}", "options: {timeout_h: 1}", "options: {timeout_h: 25}")
    )

    assert verdict(timeout_too_long.RULE, silent, CONTEXT) is None
    assert verdict(timeout_too_long.RULE, good, CONTEXT) == ()
    assert len(verdict(timeout_too_long.RULE, bad, CONTEXT) or ()) == 1


def test_a_report_counts_who_was_asked_and_who_was_hit() -> None:
    """By rule."""
    subjects = [*subjects_of("options: {timeout_h: 25}"), *subjects_of("{name: other, options: {timeout_h: 1}}")]
    report = lint([*subjects, *subjects_of("name: third")], CONTEXT, RULES, today=TODAY)

    assert report.judged["timeout-too-long"] == 2
    assert report.flawed["timeout-too-long"] == 1


def test_findings_come_in_the_order_of_files_and_lines() -> None:
    """Whatever the order of the rules."""
    (subject,) = subjects_of('{name: " x", message: "", options: {timeout_h: 25, thresholds: {critical: many}}}')
    report = lint([subject], CONTEXT, reversed(RULES), today=TODAY)
    places = [(each.problem.where.line, each.problem.where.column) for each in report.findings if each.problem.where]

    assert len(places) == 4
    assert places == sorted(places)
