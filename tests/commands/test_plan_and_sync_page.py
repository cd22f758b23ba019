"""docs/reference/plan-and-sync.md: its numbers, words and signs are the code's."""

from pathlib import Path
from typing import get_args

import pytest

from watchkeeper.adapters import http
from watchkeeper.cli import plan_text
from watchkeeper.commands.reconcile import MIN_DELETES
from watchkeeper.project.identity import MAX_LENGTH, Identity
from watchkeeper.sync import apply
from watchkeeper.sync.apply import Receipt
from watchkeeper.sync.plan import Action, Change, Plan

WORDS = {3: "three", 5: "five", 8: "eight"}


@pytest.fixture
def page(root: Path) -> str:
    """The page as it is written."""
    return (root / "docs/reference/plan-and-sync.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "sentence",
    [
        f"more than {MIN_DELETES} objects, or more than a twentieth",
        f"side by side, {WORDS[apply.WORKERS]} at a time",
        f"sent again, {WORDS[apply.MAX_ATTEMPTS]} attempts in all",
        f"{WORDS[http.MAX_ATTEMPTS]} attempts in all, after the pause",
        f"{MAX_LENGTH} characters at most",
        Identity("<project>", "<env>", "", "<id>").marker.replace("<project>/<env>/_/<id>", "<identity>"),
        Receipt(Plan("prod", (), 0), is_interrupted=True).line.split(" ")[0],
    ],
)
def test_the_page_says_the_numbers_of_the_code(page: str, sentence: str) -> None:
    """A changed number changes the page."""
    assert sentence in page


@pytest.mark.parametrize("action", get_args(Action))
def test_every_action_stands_with_its_sign(page: str, action: Action) -> None:
    """As the plan shows it."""
    change = Change(action, "monitor", Identity("p", "e", "", "m"), "m", remote_ids=("1", "2"))
    sign, name, *_ = list(plan_text.plan_lines(Plan("prod", (change,), 0)))[1].split()

    assert name == action
    assert f"| `{sign}` | {action} |" in page


def test_every_key_of_the_json_form_is_named(page: str) -> None:
    """Those of a plan, and those that a sync adds."""
    plan = Plan("prod", (), 0)
    keys = {*plan_text.plan_json(plan), *plan_text.receipt_json(Receipt(plan))} - {"schema_version"}

    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []
