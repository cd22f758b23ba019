"""docs/reference/commands: the pages of commands, and what they take from the click objects."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from scripts.command_pages import EXITS, FOLDER, PROGRAMS, pages
from watchkeeper.cli import frame
from watchkeeper.cli.frame import Command
from watchkeeper.cli.groups import ALL
from watchkeeper.errors import ConfigError, PlanRefused, RemoteError, UsageError


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by what is typed."""

    def below(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
        if isinstance(command, click.Group):
            for name, verb in command.commands.items():
                yield from below(verb, f"{path} {name}")
        else:
            yield path, command

    for command in ALL:
        name = str(command.name)
        yield from below(command, name if name in PROGRAMS else f"watchkeeper {name}")


COMMANDS = dict(all_commands())


def test_every_group_has_a_page_and_every_page_is_fresh() -> None:
    """Written by scripts/command_pages.py: run it when this fails."""
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}

    assert written == pages(), "run .venv/bin/python scripts/command_pages.py"


def test_the_list_names_every_command() -> None:
    """Whatever can be typed is found from there."""
    assert set(re.findall(r"\| \[`([^`]+)`\]|^\[`([^`]+)`\]", pages()["README.md"], re.MULTILINE)) == {
        (path, "") if path.count(" ") > 1 or path.split()[0] in PROGRAMS else ("", path) for path in COMMANDS
    }


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_says_what_it_does_and_shows_an_example(path: str) -> None:
    """One sentence, one command line."""
    command = COMMANDS[path]

    assert (command.help or "").strip().split("\n")[0].endswith(".")
    assert isinstance(command, Command)
    assert path in command.example


@pytest.mark.parametrize("path", COMMANDS)
def test_an_example_is_taken_by_the_command(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its options and arguments are known; whether its files are there is another matter."""
    monkeypatch.delenv("WATCHKEEPER_PROJECT", raising=False)
    command = COMMANDS[path]
    assert isinstance(command, Command)
    line = re.sub(r'^eval "\$\((.*)\)"$', r"\1", command.example)
    words = shlex.split(line)[len(path.split()) :]
    try:
        command.make_context(path, words)
    except click.BadParameter as err:
        assert "does not exist" in err.message  # noqa: PT017 - most examples name files that are there


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_says_what_it_means(path: str) -> None:
    """In a sentence."""
    for option in COMMANDS[path].params:
        if isinstance(option, click.Option):
            assert re.search(r"[.\]]$", option.help or ""), option.name


@pytest.mark.parametrize("path", COMMANDS)
def test_an_option_that_may_be_repeated_says_so(path: str) -> None:
    """In its help, where the pages take it from."""
    for option in COMMANDS[path].params:
        if isinstance(option, click.Option) and option.multiple:
            assert re.search("repeatable|more than once|each", option.help or ""), option.name


def test_every_exit_code_is_explained() -> None:
    """Those of the frame and those of the errors."""
    codes = {value for name, value in vars(frame).items() if name.startswith("EXIT_")}
    raised = {kind.exit_code for kind in (ConfigError, UsageError, RemoteError, PlanRefused)}

    assert {0} | codes | raised == set(EXITS)


@pytest.mark.parametrize("name", sorted(pages()))
def test_every_link_of_a_page_leads_to_a_heading(name: str) -> None:
    """Of the same page or of another."""
    for target in re.findall(r"\]\(([^)]+)\)", pages()[name]):
        file, _, anchor = target.partition("#")
        headings = re.findall(r"^#+ (.*)$", pages()[file or name], re.MULTILINE)
        assert not anchor or anchor in [heading.lower().replace(" ", "-") for heading in headings], target
