"""`watchkeeper lsp`: diagnostics, hover and completion over the Language Server Protocol."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from string import ascii_letters, digits
from typing import Final

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from watchkeeper import __version__
from watchkeeper.commands.monitors.workbench import Workbench
from watchkeeper.errors import Problem, Severity, WatchkeeperError
from watchkeeper.monitors.editor import Kind, hover_at, suggestions_at

_SEVERITIES: Final[Mapping[Severity, lsp.DiagnosticSeverity]] = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
}
_KINDS: Final[Mapping[Kind, lsp.CompletionItemKind]] = {
    "metric": lsp.CompletionItemKind.Value,
    "function": lsp.CompletionItemKind.Function,
    "method": lsp.CompletionItemKind.Method,
    "aggregator": lsp.CompletionItemKind.Operator,
    "tag": lsp.CompletionItemKind.Property,
}

_WORD: Final = f"{ascii_letters}{digits}_."


def language_server(workbench: Workbench) -> LanguageServer:
    """A server for the templates of one project; it speaks when it is started."""
    server = LanguageServer("watchkeeper", __version__)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        _publish(server, workbench, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        _publish(server, workbench, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(_params: lsp.DidSaveTextDocumentParams) -> None:
        workbench.reload()
        for uri in list(server.workspace.text_documents):
            _publish(server, workbench, uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(params.text_document.uri, []))

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        document = server.workspace.get_text_document(params.text_document.uri)
        if _file_of(workbench, document) is None:
            return None
        found = hover_at(document.source, document.offset_at_position(params.position), workbench.catalogue)
        if found is None:
            return None
        content = lsp.MarkupContent(lsp.MarkupKind.Markdown, found.markdown)
        return lsp.Hover(content, _range(document, found.begin, found.end))

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", "{", ",", ":", "("]))
    def completion(params: lsp.CompletionParams) -> lsp.CompletionList:
        document = server.workspace.get_text_document(params.text_document.uri)
        if _file_of(workbench, document) is None:
            return lsp.CompletionList(is_incomplete=False, items=[])
        offset = document.offset_at_position(params.position)
        items = [
            lsp.CompletionItem(
                each.label,
                kind=_KINDS[each.kind],
                detail=each.detail or None,
                documentation=lsp.MarkupContent(lsp.MarkupKind.Markdown, each.documentation),
                text_edit=lsp.TextEdit(_range(document, each.begin, offset), each.label),
            )
            for each in suggestions_at(document.source, offset, workbench.catalogue)
        ]
        return lsp.CompletionList(is_incomplete=True, items=items)

    return server


def _file_of(workbench: Workbench, document: TextDocument) -> str | None:
    path = to_fs_path(document.uri)
    return workbench.file_of(Path(path)) if path else None


def _publish(server: LanguageServer, workbench: Workbench, uri: str) -> None:
    document = server.workspace.get_text_document(uri)
    file = _file_of(workbench, document)
    if file is None:
        return
    try:
        problems = workbench.problems(file, document.source, datetime.now(UTC).date())
    except WatchkeeperError as err:
        server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, str(err)))
        return
    diagnostics = [_diagnostic(document, problem) for problem in problems]
    server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, diagnostics, document.version))


def _diagnostic(document: TextDocument, problem: Problem) -> lsp.Diagnostic:
    line, column = (problem.where.line - 1, problem.where.column - 1) if problem.where else (0, 0)
    lines = document.source.split("\n")
    text = lines[line] if line < len(lines) else ""
    # A finding names where it begins; an editor underlines the word that stands there.
    length = max(1, len(text[column:]) - len(text[column:].lstrip(_WORD)))
    begin = sum(len(each) + 1 for each in lines[:line]) + min(column, len(text))
    message = f"{problem.what}\nfix: {problem.fix}" if problem.fix else problem.what
    return lsp.Diagnostic(
        _range(document, begin, begin + length),
        message,
        severity=_SEVERITIES[problem.severity],
        code=problem.rule or None,
        source="watchkeeper",
    )


def _range(document: TextDocument, begin: int, end: int) -> lsp.Range:
    """A range in the client's units of offsets in the text."""
    return lsp.Range(_position(document, begin), _position(document, end))


def _position(document: TextDocument, offset: int) -> lsp.Position:
    before = document.source[:offset]
    line = before.count("\n")
    column = document.source[before.rfind("\n") + 1 : offset]
    return lsp.Position(line, document.position_codec.client_num_units(column))
