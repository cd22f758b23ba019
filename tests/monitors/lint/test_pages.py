"""Each rule has a page, a test and a module of its own."""

import re
import subprocess
import sys
from pathlib import Path

from watchkeeper.monitors.lint.rules import RULES


def test_each_rule_has_its_page_and_the_pages_are_up_to_date(root: Path) -> None:
    """They are written from the rules themselves."""
    done = subprocess.run(
        [sys.executable, "scripts/lint_pages.py", "--check"], cwd=root, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "the pages of rules are up to date\n"), done.stderr


def test_the_common_list_leads_to_every_page_and_every_page_stands_in_it(root: Path) -> None:
    """The rules of all rooms, each once."""
    folder = root / "docs" / "lint"
    linked = re.findall(r"^\| \[[\w-]+\]\(([\w-]+)\.md\)", (folder / "README.md").read_text(), re.MULTILINE)
    pages = {path.stem for path in folder.glob("*.md")} - {"README", "monitors", "scaling"}

    assert sorted(linked) == sorted(pages)


def test_each_rule_has_its_module_and_its_test(root: Path) -> None:
    """One rule, one file, one test; the comments that switch rules off have one test together."""
    names = {rule.id.replace("-", "_") for rule in RULES}
    modules = {path.stem for path in (root / "platform/watchkeeper/monitors/lint/rules").glob("[a-z]*.py")}
    tests = {path.stem.removeprefix("test_") for path in (root / "tests/monitors/lint/rules").glob("test_*.py")}

    assert modules == names
    assert tests == {name for name in names if not name.startswith("disable_")}


def test_there_are_enough_of_them() -> None:
    """At least forty, twenty of them errors."""
    assert len(RULES) >= 40
    assert sum(rule.severity == "error" for rule in RULES) >= 20
