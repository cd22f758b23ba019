"""Comments that switch a rule off."""

from datetime import date
from typing import Final

import pytest

from tests.monitors.lint.declared_files import Files

PAGES: Final = """\
monitors:
  - id: first
    name: first
    type: query alert
    urgency: page
    query: "max(last_5m):max:system.load.1{env:prod} > 4"
    message: first
    options: {on_missing_data: show_no_data}
  - id: second
    name: second
    type: query alert
    urgency: page
    query: "max(last_5m):max:system.load.5{env:prod} > 4"
    message: second
    options: {on_missing_data: show_no_data}
"""
BOTH: Final = [("no-runbook", "2:9"), ("no-runbook", "9:9")]
COMMENT: Final = "# monitors: disable no-runbook until 2026-12-31 the page is being written"


def test_without_a_comment_both_are_found(files: Files) -> None:
    """Two pages, no runbook."""
    assert files.found(PAGES) == BOTH


def test_a_comment_above_a_monitor_counts_for_it_alone(files: Files) -> None:
    """The other one is still found."""
    text = PAGES.replace("  - id: second", f"  {COMMENT}\n  - id: second")

    assert files.found(text) == BOTH[:1]


def test_a_comment_inside_of_a_monitor_counts_for_it(files: Files) -> None:
    """On a line of its own, or behind a value."""
    assert files.found(PAGES.replace("    name: first", f"    {COMMENT}\n    name: first")) == [("no-runbook", "10:9")]
    assert files.found(PAGES.replace("name: first", f"name: first  {COMMENT}")) == [("no-runbook", "9:9")]


def test_a_comment_at_the_top_counts_for_the_file(files: Files) -> None:
    """Every monitor in it."""
    assert files.found(f"{COMMENT}\n{PAGES}") == []


def test_the_day_itself_still_counts(files: Files) -> None:
    """From the next day on the rule speaks again, and the comment is a finding."""
    text = f"{COMMENT}\n{PAGES}"

    assert files.found(text, today=date(2026, 12, 31)) == []
    assert [rule for rule, _ in files.found(text, today=date(2027, 1, 1))] == ["disable-expired", *["no-runbook"] * 2]


def test_a_comment_that_finds_nothing_is_a_finding(files: Files) -> None:
    """It would hide the next fault."""
    text = PAGES.replace("urgency: page", "urgency: notify")

    assert files.found(f"{COMMENT}\n{text}") == [("disable-unused", "1:1")]


@pytest.mark.parametrize(
    "comment",
    [
        "# monitors: disable no-runbok until 2026-12-31 being written",
        "# monitors: disable no-runbook until 2026-13-31 being written",
        "# monitors: disable no-runbook until 2026-12-31",
        "# monitors: disable",
    ],
    ids=["no such rule", "no such day", "no reason", "no rule"],
)
def test_a_comment_that_cannot_be_read_switches_nothing_off(files: Files, comment: str) -> None:
    """And is a finding."""
    found = files.found(f"{comment}\n{PAGES}")

    assert {rule for rule, _ in found} == {"disable-malformed", "no-runbook"}


def test_the_same_words_in_a_message_are_no_comment(files: Files) -> None:
    """A text is a text."""
    text = PAGES.replace("message: first", f"message: |\n      see\n      {COMMENT}")

    assert [rule for rule, _ in files.found(text)] == ["no-runbook", "no-runbook"]


def test_a_comment_below_a_block_of_text_counts(files: Files) -> None:
    """The block is over where its indentation ends."""
    text = PAGES.replace("    message: first\n", f"    message: |\n      see\n    {COMMENT}\n")

    assert files.found(text) == [("no-runbook", "11:9")]


def test_one_comment_may_name_several_rules(files: Files) -> None:
    """Separated by commas."""
    text = PAGES.replace("max(last_5m):max", "avg(last_5m):avg").replace("> 4", "== 4")
    comment = COMMENT.replace("no-runbook", "no-runbook, equality-on-average")

    assert files.found(f"{comment}\n{text}") == []
