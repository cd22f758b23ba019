"""Pages whose code blocks are run: each block says by whom."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Block:
    """A code block. words: behind its language, such as `sandbox`, or `account docker`. line: of its first fence."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int

    @property
    def exits(self) -> int:
        """The exit code that it is said to end with."""
        return next((int(word.partition("=")[2]) for word in self.words if word.startswith("exits=")), 0)


def blocks_of(page: Path) -> list[Block]:
    """All of a page, in order."""
    text = page.read_text()
    found = re.finditer(r"^```(\S*)([^\n]*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [Block(each[1], tuple(each[2].split()), each[3], text[: each.start()].count("\n") + 1) for each in found]
