"""Findings in objectives of the project's own files, and in the alerts on them."""

import pytest

from tests.monitors.lint.declared_files import Files

SLO = """\
slos:
  - id: answered
    name: answered
    type: metric
    query:
      numerator: sum:good{env:<< env.name >>}.as_count()
      denominator: sum:all{env:<< env.name >>}.as_count()
    thresholds:
      - {timeframe: 30d, target: 99}
"""
BURNS = "    burn_rate: {runbook: https://r.example.com/a}\n"
ALERT = """\
monitors:
  - id: burning
    name: burning
    type: slo alert
    query: burn_rate("answered").over("30d").long_window("1h").short_window("5m") > 14.4
    message: burning
    urgency: notify
"""


@pytest.mark.parametrize(
    ("was", "now", "rule", "place"),
    [
        ("target: 99}", "target: 100}", "slo-target", "9:34"),
        ("target: 99}", "target: 99, warning: 98}", "slo-warning", "9:47"),
        ("target: 99}", "target: 99.12345}", "slo-target-decimals", "9:34"),
        ("\n      - {timeframe: 30d, target: 99}", " []", "slo-without-thresholds", "8:17"),
        ("    thresholds:", "    tags: [Tier]\n    thresholds:", "slo-tags-upper-case", "8:12"),
        ("    thresholds:", "    groups: [a]\n    thresholds:", "slo-groups", "8:5"),
        ("type: metric", "type: monitor", "slo-members", "2:5"),
        ("type: metric", "type: time_slice", "slo-members", "2:5"),
        (".as_count()\n      den", "+\n      den", "slo-query-syntax", "6:47"),
        ("sum:good{", "sum:system.load.1{", "slo-of-gauge", "6:18"),
        ("sum:good{", "avg:good{", "slo-without-as-count", "6:18"),
        ("sum:all{env:<< env.name >>}", "sum:all{env:dev}", "slo-scope", "7:20"),
        ("sum:all{env:<< env.name >>}", "sum:all{env:<< env.name >>} by {zone}", "slo-counts-differ", "7:20"),
    ],
)
def test_a_fault_of_an_objective_is_found_at_its_place(files: Files, was: str, now: str, rule: str, place: str) -> None:
    """Line and column in the template."""
    assert was in SLO
    assert (rule, place) in files.found(SLO.replace(was, now))


def test_a_faultless_objective_with_its_alerts_has_no_finding(files: Files) -> None:
    """Its burn-rate monitors come with it."""
    assert files.found(SLO + BURNS) == []


def test_an_objective_that_nobody_watches_is_told(files: Files) -> None:
    """An `slo alert` in any place will do."""
    assert files.found(SLO) == [("slo-without-alert", "2:9")]
    assert files.found(ALERT + SLO) == []


def test_an_alert_names_a_declared_objective_or_is_an_error(files: Files) -> None:
    """At the name inside of the query."""
    assert files.found(ALERT) == [("slo-undeclared", "5:22")]


def test_an_alert_needs_a_target_over_its_time_frame(files: Files) -> None:
    """The place is that of `over`."""
    assert files.found(ALERT.replace("30d", "7d") + SLO) == [("slo-alert-timeframe", "5:39")]


def test_standard_rates_that_the_target_cannot_reach_are_found_at_the_objective(files: Files) -> None:
    """At 90 % the budget burns ten times too fast when everything fails; 14.4 never happens."""
    assert files.found(SLO.replace("target: 99}", "target: 90}") + BURNS) == [("burn-rate-impossible", "10:16")]


def test_a_comment_switches_a_rule_off_for_an_objective(files: Files) -> None:
    """As for monitors."""
    comment = "  # monitors: disable slo-without-alert the report is enough\n"

    assert files.found(SLO.replace("  - id", f"{comment}  - id", 1)) == []


def test_lint_of_one_file_knows_the_objectives_of_the_others(files: Files) -> None:
    """An alert may stand apart from what it is about."""
    (files.root / "monitors").mkdir()
    (files.root / "monitors" / "other.yaml").write_text(SLO)

    assert files.found(ALERT) == []
