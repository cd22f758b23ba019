"""`watchkeeper lsp`: the language server for editors."""

import click

from watchkeeper.cli.frame import Command, Common, common_options, env_option


@click.command("lsp", cls=Command, example="watchkeeper lsp --project . --env prod")
@env_option
@common_options
def lsp(common: Common, env: str) -> int:
    """Speak the Language Server Protocol on stdin and stdout: findings, hover and completion in the templates."""
    from watchkeeper.errors import UsageError

    try:
        from watchkeeper.commands.language_server import language_server
    except ModuleNotFoundError as err:
        if err.name not in ("pygls", "lsprotocol"):
            raise
        raise UsageError("the language server is not installed", "install watchkeeper[lsp]") from err
    from watchkeeper.commands.monitors.workbench import Workbench

    language_server(Workbench(common.root, env)).start_io()
    return 0
