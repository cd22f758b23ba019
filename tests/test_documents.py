"""What the pages and the error messages lead to: every link, command and option is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from watchkeeper.cli.groups import ALL

ROOT = click.Group("watchkeeper", commands={str(each.name): each for each in ALL})
SCRIPTS = ("monitors", "dashboards", "oncall", "autoscaling")
"""Groups that are programs of their own name."""
FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(rf"(?<![\w./-])(?:\.venv/bin/)?(watchkeeper|{'|'.join(SCRIPTS)}) ((?:[a-z][a-z-]* ?)+)([^`\n#|]*)")
OFFERED = re.compile(rf"(?:: |`)(watchkeeper [a-z][^`:;,]*)|`((?:{'|'.join(SCRIPTS)}) [a-z][^`:;,]*)`")
"""What a message tells to run; the names of the groups are words too, so that theirs stand in backticks."""


def pages(root: Path) -> list[Path]:
    """Everything that is read on the way in; the pages of single rules and functions are generated."""
    found = [root / "README.md", root / "CONTRIBUTING.md", root / "CHANGELOG.md", *(root / "docs").rglob("*.md")]
    return [*found, *(root / "examples").rglob("*.md")]


def anchors(page: Path) -> set[str]:
    """The fragments that GitHub makes of a page's headings; of a module, its tests."""
    if page.suffix == ".py":
        return set(re.findall(r"^def (\w+)\(", page.read_text(), re.MULTILINE))
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", each).replace("`", "").strip().lower() for each in headings]
    return {re.sub(r"[^\w\- ]", "", each).replace(" ", "-") for each in plain}


def broken_links(page: Path) -> Iterator[str]:
    for target in LINK.findall(INLINE.sub("", FENCED.sub("", page.read_text()))):
        name, _, fragment = target.partition("#")
        file = page.parent / name if name else page
        if "://" in target:
            continue
        if not file.exists() or (fragment and fragment not in anchors(file)):
            yield target


def unknown(text: str) -> Iterator[str]:
    """Verbs and options that a piece of code names and that do not exist."""
    for program, words, rest in COMMAND.findall(text):
        node: click.Command = ROOT if program == "watchkeeper" else ROOT.commands[program]
        for word in words.split():
            if not isinstance(node, click.Group):
                break
            if word not in node.commands:
                yield f"{program} {words.strip()}: no `{word}`"
                break
            node = node.commands[word]
        else:
            options = {name for each in node.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
            if not isinstance(node, click.Group):
                yield from (
                    f"{program} {words.strip()}: no `{option}`"
                    for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", f"{rest}")
                    if option not in options
                )


def test_every_link_of_every_page_resolves(root: Path) -> None:
    """Files and headings; links to other sites are not followed."""
    broken = [f"{page.relative_to(root)}: {target}" for page in pages(root) for target in broken_links(page)]

    assert broken == []


def test_every_command_of_every_page_exists_with_its_options(root: Path) -> None:
    """In code, in the text or in a block of its own."""
    found = []
    for page in pages(root):
        text = page.read_text()
        for code in (*FENCED.findall(text), *INLINE.findall(FENCED.sub("", text))):
            found += [f"{page.relative_to(root)}: {each}" for each in unknown(code.replace("\\\n", " "))]

    assert found == []


def test_every_command_that_a_message_offers_exists(root: Path) -> None:
    """A way to mend that is none is worse than silence."""
    offered = {
        (file.relative_to(root).as_posix(), each.strip())
        for folder in ("platform/watchkeeper", "base_infra")
        for file in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for match in OFFERED.findall(node.value)
        for each in match
        if each
    }

    assert len(offered) > 20
    assert [f"{file}: {wrong}" for file, each in sorted(offered) for wrong in unknown(each)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`monitors lint --strict`", []),
        ("`monitors lnt`", ["monitors lnt: no `lnt`"]),
        ("$ .venv/bin/watchkeeper sandbox clock step 5m --spead 2", ["watchkeeper sandbox clock step: no `--spead`"]),
    ],
)
def test_a_command_that_is_not_there_is_found(text: str, found: list[str]) -> None:
    """The proof that the two tests above can fail."""
    assert list(unknown(text)) == found
