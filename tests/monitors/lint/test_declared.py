"""Findings in the project's own files: at the line and column of what is wrong."""

from datetime import date
from pathlib import Path
from typing import Final

from tests.monitors.lint.declared_files import Files
from watchkeeper.monitors.lint.rules import RULES

FOLDED: Final = """\
monitors:
  - id: m
    name: "m in << env.name >>"
    type: query alert
    urgency: notify
    query: >-
      avg(last_5m):avg:system.load.1{env:<< env.name >>}
      / avg:system.load.5{env:<< env.name >>}.{METHOD}() > 4
    message: text
"""


def test_a_fault_inside_of_a_folded_query_is_found_at_its_character(files: Files) -> None:
    """Behind expressions of the template and across a line break."""
    assert files.found(FOLDED.replace("{METHOD}", "as_cuont")) == [("query-syntax", "8:47")]


def test_what_a_template_produced_is_found_at_the_expression(files: Files) -> None:
    """The environment comes from `<< >>`, so the finding points there."""
    text = FOLDED.replace("{METHOD}", "as_count").replace(
        "system.load.5{env:<< env.name >>}", "<< 'a.' * 2 >>{env:prod}"
    )

    assert [place for rule, place in files.found(text) if rule == "query-syntax"] == ["8:13"]


def test_a_fault_of_the_message_is_found_at_its_line(files: Files) -> None:
    """Inside of a block of text."""
    message = "|\n      first line\n      {{#is_alert}}never closed\n"
    text = FOLDED.replace("{METHOD}", "as_count").replace("text", message)

    assert ("message-blocks", "11:7") in files.found(text)


def test_a_threshold_is_found_at_its_value(files: Files) -> None:
    """Not at the monitor."""
    text = FOLDED.replace("{METHOD}", "as_count").replace("text", "text\n    options: {thresholds: {warning: 5}}")

    assert ("warning-beyond-critical", "10:37") in files.found(text)


def test_one_fault_of_a_repeated_monitor_is_one_finding(files: Files) -> None:
    """However many services repeat it."""
    text = FOLDED.replace("{METHOD}", "as_cuont").replace(
        '    name: "m', '    for_each: services\n    name: "<< service.id >>'
    )

    assert [rule for rule, _ in files.found(text)] == ["query-syntax"]


def test_our_own_monitors_have_no_error_in_any_environment(root: Path) -> None:
    """With their routes."""
    from watchkeeper.commands.monitors.lint import lint_project
    from watchkeeper.commands.session import open_session

    for env in ("local", "dev", "stage", "prod"):
        linted = lint_project(open_session(root, env, environ={}), None, date(2026, 11, 25))
        assert [each.problem for each in linted.report.findings if each.problem.severity == "error"] == []


def test_rule_ids_are_their_modules_names() -> None:
    """A rule is found by its id."""
    assert [rule.id for rule in RULES] == sorted(rule.id for rule in RULES)
    assert len({rule.id for rule in RULES}) == len(RULES)
