"""The console scripts: `watchkeeper`, and the groups that are scripts of their own name."""

import sys

from watchkeeper import __version__
from watchkeeper.cli.frame import Group, run


def _root() -> Group:
    import click

    from watchkeeper.cli import groups

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


def watchkeeper() -> None:
    """`watchkeeper <group> <verb>`."""
    sys.exit(run(_root(), "watchkeeper"))


def _group(name: str) -> None:
    sys.exit(run(_root().commands[name], name))


def monitors() -> None:
    """`monitors <verb>`."""
    _group("monitors")


def dashboards() -> None:
    """`dashboards <verb>`."""
    _group("dashboards")


def oncall() -> None:
    """`oncall <verb>`."""
    _group("oncall")


def autoscaling() -> None:
    """`autoscaling <verb>`."""
    _group("autoscaling")
