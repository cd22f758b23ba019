"""docs/reference/features.md: what the topology has, and what it leaves out."""

import re
from pathlib import Path

LINK = re.compile(r"\[(test_\w+)\]\(\.\./\.\./(tests/[\w/]+\.py)#(test_\w+)\)")


def rows(root: Path) -> list[list[str]]:
    lines = (root / "docs" / "reference" / "features.md").read_text().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]


def test_every_capability_is_proven_or_left_out_for_a_reason(root: Path) -> None:
    """What is here links to a test that exists; what is not says why in a sentence."""
    found = rows(root)

    assert len(found) == 36
    for capability, here, text in found:
        links = LINK.findall(text)
        if here == "yes":
            assert links, capability
        else:
            assert here == "no"
            assert len(text) > 40, capability
        for name, path, anchor in links:
            assert name == anchor
            assert f"def {name}(" in (root / path).read_text(), f"{capability}: {name}"
