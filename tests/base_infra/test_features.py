"""docs/reference/features.md: what the topology has, and what it leaves out."""

import re
from pathlib import Path

import pytest

LINK = re.compile(r"\[(test_\w+)\]\(\.\./\.\./(tests/[\w/]+\.py)#(test_\w+)\)")
OTHERS, OURS = "# What the base topology has", "## What none of the eight has"


def rows(root: Path, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, its own head aside."""
    text = (root / "docs" / "reference" / "features.md").read_text().partition(f"{heading}\n")[2].partition("\n#")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines][1:]


@pytest.mark.parametrize(("heading", "count"), [(OTHERS, 36), (OURS, 8)])
def test_every_capability_is_proven_or_left_out_for_a_reason(root: Path, heading: str, count: int) -> None:
    """What is here links to a test that exists; what is not says why in a sentence."""
    found = rows(root, heading)

    assert len(found) == count
    for capability, here, text in found:
        links = LINK.findall(text)
        assert len(links) == text.count("]("), f"{capability}: a link leads to no test"
        if here == "yes":
            assert links, capability
        else:
            assert here == "no"
            assert len(text) > 40, capability
        for name, path, anchor in links:
            assert name == anchor
            assert f"def {name}(" in (root / path).read_text(), f"{capability}: {name}"
