"""What `--help` says of every verb."""

from collections.abc import Iterator

import click
import pytest

from watchkeeper.cli.groups import ALL


def _verbs(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    path = f"{path} {command.name}".strip()
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _verbs(each, path)
    else:
        yield path, command


VERBS = dict(pair for command in ALL for pair in _verbs(command))


@pytest.mark.parametrize("path", VERBS)
def test_an_empty_default_is_not_shown(path: str) -> None:
    """`[default: ""]` reads like something that one could type."""
    command = VERBS[path]

    assert 'default: ""' not in command.get_help(click.Context(command, info_name=path, **command.context_settings))
