"""docs/reference/scaling-algorithm.md: what the control loop knows of AWS, and the test that proves each line."""

import re
from pathlib import Path

LINK = re.compile(r"\[(test_\w+)\]\(\.\./\.\./(tests/[\w/]+\.py)#(test_\w+)\)")


def test_every_rule_links_to_a_test_that_exists(root: Path) -> None:
    """A rule without a test is a wish; the closed-form tests T1 to T12 are all named."""
    text = (root / "docs" / "reference" / "scaling-algorithm.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| rule")]

    for row in rows:
        links = LINK.findall(row)
        assert links, row
        for name, path, anchor in links:
            assert name == anchor
            assert f"def {name}(" in (root / path).read_text(), f"{row}: {name}"
    named = {int(number) for number in re.findall(r"\[test_t(\d+)_", text)}
    assert named == set(range(1, 13))
