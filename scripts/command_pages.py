"""Writes docs/reference/commands/: a page for each group of commands, and the list of them all.

Everything is taken from the click objects that answer `--help`. `--check` only tells whether the pages are up to date.
"""

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click

from scripts.generated import keep
from watchkeeper.cli.frame import (
    EXIT_DIFFERENCE,
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    SHARED,
    Command,
    common_options,
)
from watchkeeper.cli.groups import ALL

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "commands"
ROOT_PROGRAM: Final = "watchkeeper"
PROGRAMS: Final = ("monitors", "dashboards", "oncall", "autoscaling")
"""The groups that are programs of their own name."""
EXITS: Final[Mapping[int, str]] = {
    0: "done, or nothing to do",
    EXIT_FINDINGS: "findings, failed tests, a write that failed or a conflict, a service that does not answer, a plan "
    "that was refused, a fault of watchkeeper itself; warnings alone only with `--strict`",
    EXIT_USAGE: "the command line or a file is wrong; nothing was written",
    EXIT_DIFFERENCE: "a difference was found: by `plan` and `env diff` with `--exit-code`, by `forwarding permissions`",
    EXIT_INTERRUPTED: "interrupted by Ctrl-C or by a no to a question; what was done until then is told",
}
_TYPES: Final = {"integer": "whole number", "float": "number", "text": "text", "file": "file", "directory": "folder"}
_TABLE: Final = ("| option | takes | default | meaning |", "|---|---|---|---|")
_DEFAULT: Final = re.compile(r"\s*\[default: ([^\]]+)\]$")


def pages() -> Mapping[str, str]:
    """Every page by its file name."""
    return {"README.md": index()} | {f"{command.name}.md": page(command) for command in ALL}


def page(command: click.Command) -> str:
    """The page of a group, or of a command that has no verbs."""
    name = str(command.name)
    if not isinstance(command, click.Group):
        return "\n\n".join((f"# {ROOT_PROGRAM} {name}", *_verb(command, f"{ROOT_PROGRAM} {name}"))) + "\n"
    program = program_of(name)
    parts = [f"# {program}", _sentences(command)]
    if name in PROGRAMS:
        parts[-1] += f"\n`{ROOT_PROGRAM} {name}` is the same."
    verbs = list(_verbs(command, program))
    parts.append("\n".join(f"- [`{path}`](#{_slug(path)}): {_first_sentence(verb)}" for path, verb in verbs))
    for path, verb in verbs:
        parts += [f"## {path}", *_verb(verb, path)]
    return "\n\n".join(parts) + "\n"


def program_of(group: str) -> str:
    """What is typed before a verb."""
    return group if group in PROGRAMS else f"{ROOT_PROGRAM} {group}"


def _verbs(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _verbs(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _verb(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    usage = " ".join(command.collect_usage_pieces(context))
    yield _sentences(command)
    yield f"```\n{path} {usage}\n```"
    if isinstance(command, Command) and command.example:
        yield f"For example:\n\n```sh\n{command.example}\n```"
    options = [each for each in command.params if isinstance(each, click.Option) and each.name not in SHARED]
    if options:
        yield "\n".join((*_TABLE, *(_row(each, context) for each in options)))
    yield "Beside the [options of every command](README.md#options-of-every-command)."


def _row(option: click.Option, context: click.Context) -> str:
    said = option.help or ""
    found = _DEFAULT.search(said)
    default = found[1] if found else _default(option, context)
    takes = "" if option.is_flag else _takes(option)
    meaning = _DEFAULT.sub("", said).replace("|", "&#124;")
    return f"| `{', '.join(option.opts)}` | {takes} | {default} | {meaning} |"


def _takes(option: click.Option) -> str:
    kind = option.type
    if isinstance(kind, click.Choice):
        words = ", ".join(f"`{choice}`" for choice in kind.choices)
    elif isinstance(kind, click.IntRange | click.FloatRange):
        words = _TYPES[kind.name.removesuffix(" range")] + _bounds(kind)
    elif isinstance(kind, click.Path):
        words = _TYPES.get(kind.name, "file or folder")
    else:
        words = f"`{option.metavar}`" if option.metavar else _TYPES[kind.name]
    return words


def _bounds(kind: click.IntRange | click.FloatRange) -> str:
    if kind.min is not None and kind.max is not None:
        return f", {kind.min:g} to {kind.max:g}"
    low = "" if kind.min is None else f"{'more than' if kind.min_open else 'at least'} {kind.min:g}"
    high = "" if kind.max is None else f"{'less than' if kind.max_open else 'at most'} {kind.max:g}"
    return f", {' and '.join(each for each in (low, high) if each)}"


def _default(option: click.Option, context: click.Context) -> str:
    if option.required:
        return "required"
    variable = option.envvar if isinstance(option.envvar, str) else ""
    if isinstance(option.show_default, str):
        words = option.show_default
    else:
        value = option.get_default(context)
        is_shown = isinstance(value, str | float | int | Path) and not option.is_flag and value != ""
        words = f"`{value}`" if is_shown else ""
    return f"`${variable}`{f', else {words}' if words else ''}" if variable else words


def _sentences(command: click.Command) -> str:
    """What `--help` says first, one sentence a line."""
    return re.sub(r"(?<=[.])\s+(?=[A-Z`-])", "\n", inspect.cleandoc(command.help or ""))


def _first_sentence(command: click.Command) -> str:
    return _sentences(command).split("\n")[0]


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def index() -> str:
    """The list of all groups and verbs, and what they have in common."""
    lines = [
        "# Commands",
        "",
        f"`{ROOT_PROGRAM} <group> <verb>`; {', '.join(f'`{name}`' for name in PROGRAMS)} are programs of their own.",
        "Every command answers `--help` with its sentence, an example and its options.",
        "",
    ]
    for command in ALL:
        name = str(command.name)
        program = program_of(name)
        lines += [f"## {name}", ""]
        if isinstance(command, click.Group):
            lines += [f"{_first_sentence(command)}", "", "| command | does |", "|---|---|"]
            for path, verb in _verbs(command, program):
                lines.append(f"| [`{path}`]({name}.md#{_slug(path)}) | {_first_sentence(verb)} |")
        else:
            lines.append(f"[`{program}`]({name}.md): {_first_sentence(command)}")
        lines.append("")
    lines += [*_common(), *_exits()]
    return "\n".join(lines) + "\n"


def _common() -> Iterator[str]:
    @click.command()
    @common_options
    def every(common: object) -> None:
        """Nothing."""

    context = click.Context(every)
    yield "## Options of every command"
    yield ""
    yield from _TABLE
    for option in every.params:
        if isinstance(option, click.Option):
            yield _row(option, context)
    yield "| `--help` |  |  | Show the help of the command and end. |"
    yield ""
    yield "The answer is on standard output; progress, warnings and errors are on standard error."
    yield "With `--json` the answer is one JSON document with a `schema_version`."
    yield "Colour is used on a terminal only."
    yield ""


def _exits() -> Iterator[str]:
    yield "## Exit codes"
    yield ""
    yield "| code | means |"
    yield "|---|---|"
    for code, meaning in EXITS.items():
        yield f"| {code} | {meaning} |"


def main(arguments: list[str]) -> int:
    """Write all pages, or with `--check` exit 1 when one is stale."""
    return keep(FOLDER, pages(), arguments, "the pages of commands")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
