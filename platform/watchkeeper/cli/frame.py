"""What all commands share: common options, help with an example, "did you mean", and how a command ends."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

import click

from watchkeeper.cli.extras import missing_extra
from watchkeeper.cli.terminal import print_error
from watchkeeper.errors import ConfigError, WatchkeeperError, did_you_mean

F = TypeVar("F", bound=Callable[..., Any])

EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_DIFFERENCE = 3
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Common:
    """The options every command takes."""

    root: Path
    as_json: bool
    is_quiet: bool


class Command(click.Command):
    """A verb. Its help is one sentence, one example that works, and the options with their defaults."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - click's own arguments
        self.example = example
        kwargs.setdefault("context_settings", {"show_default": True, "max_content_width": 110})
        super().__init__(*args, **kwargs)
        for parameter in self.params:
            if isinstance(parameter, click.Option) and parameter.default == "" and parameter.show_default is None:
                parameter.show_default = False  # an empty text is no value that one would type

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The sentence, then the example."""
        super().format_help_text(ctx, formatter)
        if self.example:
            with formatter.section("Example"):
                formatter.write_text(self.example)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verb's own options first, then the ones that all verbs share."""
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and not isinstance(parameter, click.Argument):  # the usage line shows arguments
                (shared if parameter.name in SHARED else own).append(record)
        for title, records in (("Options", own), ("Options of every command", shared)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Group(click.Group):
    """A noun with its verbs."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb of that name; a hint where there is none."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.commands:
            hint = did_you_mean(name, self.commands) or f"one of: {', '.join(sorted(self.commands))}"
            raise click.UsageError(f"no such command `{name}`; {hint}", ctx)
        return super().resolve_command(ctx, args)


SHARED = {"project", "as_json", "quiet", "debug", "no_color", "help"}


def common_options(function: F) -> F:
    """Adds the shared options; the function receives them as one `common` argument."""
    options = (
        click.option(
            "--project",
            type=click.Path(path_type=Path, file_okay=False),
            default=Path(),
            show_default="working directory",
            envvar="WATCHKEEPER_PROJECT",
            show_envvar=True,
            help="Folder that holds watchkeeper.yaml.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option("--quiet", is_flag=True, help="Print no progress."),
        click.option("--no-color", is_flag=True, help="Print without colour (also: NO_COLOR)."),
        click.option("--debug", is_flag=True, help="Show stack traces and log HTTP requests, without secrets."),
    )

    def wrapper(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        root: Path = kwargs.pop("project")
        if kwargs.pop("no_color"):
            os.environ["NO_COLOR"] = "1"
        if kwargs.pop("debug"):
            os.environ["WATCHKEEPER_DEBUG"] = "1"
        common = Common(root=root, as_json=kwargs.pop("as_json"), is_quiet=kwargs.pop("quiet"))
        try:
            return function(*args, common=common, **kwargs)
        except ConfigError as err:
            err.root = root
            raise

    wrapper.__doc__ = function.__doc__
    wrapper.__name__ = function.__name__
    for option in reversed(options):
        wrapper = option(wrapper)
    for name in ("__click_params__",):
        mine, theirs = getattr(wrapper, name, []), getattr(function, name, [])
        setattr(wrapper, name, [*theirs, *mine])
    return wrapper  # type: ignore[return-value]


def env_option(function: F) -> F:
    """Adds `--env NAME`."""
    return click.option("--env", "env", default="local", help="Environment; `local` is the sandbox.")(function)


def loopback_option(function: F) -> F:
    """Adds `--allow-loopback`."""
    return click.option(
        "--allow-loopback",
        is_flag=True,
        help="Let an environment other than `local` speak to this machine.",
    )(function)


def run(command: click.Command, name: str, argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code. Prints errors as sentences, never as stack traces without --debug."""
    if isinstance(sys.stdout, TextIOWrapper):
        # Half of a character, as JSON may hold it, is no reason to break off.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        result = command.main(args=argv, prog_name=name, standalone_mode=False)
    except click.ClickException as err:
        print_usage_error(err)
        return EXIT_USAGE
    except (KeyboardInterrupt, click.Abort):
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except WatchkeeperError as err:
        if os.environ.get("WATCHKEEPER_DEBUG"):
            raise
        print_error(err)
        return err.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_FINDINGS
    except Exception as err:
        if os.environ.get("WATCHKEEPER_DEBUG"):
            raise
        missing = missing_extra(err.name or "") if isinstance(err, ModuleNotFoundError) else None
        if missing:
            print_error(missing)
            return missing.exit_code
        print(f"internal error: {type(err).__name__}: {err}", file=sys.stderr)
        print("  this is a bug of watchkeeper; --debug shows where it happened", file=sys.stderr)
        return EXIT_FINDINGS
    return result if isinstance(result, int) else 0


def print_usage_error(err: click.ClickException) -> None:
    """A wrong command line: what is wrong, and where the help is."""
    print(f"error: {err.format_message()}", file=sys.stderr)
    if isinstance(err, click.UsageError) and err.ctx:
        print(f"  see: {err.ctx.command_path} --help", file=sys.stderr)
