"""The console scripts: `watchkeeper`, and the groups that are scripts of their own name."""

import sys
from typing import TYPE_CHECKING

from watchkeeper import __version__

if TYPE_CHECKING:
    from watchkeeper.cli.frame import Group

_INTERRUPTED = 130


def _root() -> "Group":
    import click

    from watchkeeper.cli import groups
    from watchkeeper.cli.frame import Group

    root = Group("watchkeeper", help="Observability and autoscaling as code, rehearsed offline before it goes live.")
    root.params.append(
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            help="Print the version.",
            callback=_print_version,
        )
    )
    for command in groups.ALL:
        root.add_command(command)
    return root


def _print_version(ctx: object, _parameter: object, value: bool) -> None:  # noqa: FBT001 - click's callback
    if value:
        print(f"watchkeeper {__version__}")
        ctx.exit()  # type: ignore[attr-defined]


def _start(program: str) -> None:
    """Run a program of this name. Ctrl-C ends it in a sentence, while modules are still loaded too."""
    try:
        from watchkeeper.cli.frame import run

        root = _root()
        code = run(root if program == root.name else root.commands[program], program)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = _INTERRUPTED
    sys.exit(code)


def watchkeeper() -> None:
    """`watchkeeper <group> <verb>`."""
    _start("watchkeeper")


def monitors() -> None:
    """`monitors <verb>`."""
    _start("monitors")


def dashboards() -> None:
    """`dashboards <verb>`."""
    _start("dashboards")


def oncall() -> None:
    """`oncall <verb>`."""
    _start("oncall")


def autoscaling() -> None:
    """`autoscaling <verb>`."""
    _start("autoscaling")
