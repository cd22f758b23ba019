"""`watchkeeper lsp`, asked by a real client over stdin and stdout."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

T = TypeVar("T")
COMMAND: Final = "from watchkeeper.cli.main import watchkeeper; watchkeeper()"
TEMPLATE: Final = """\
monitors:
  - id: m
    name: "größe 💥"
    type: query alert
    urgency: notify
    team: platform
    query: >-
      max(last_5m):max:aws.rds.cpuutilization{env:<< env.name >>} by {dbinstanceidentifier} > 90
    message: text
"""
Ask = Callable[["Editor"], Awaitable[T]]


class Editor:
    """A client that has opened one template."""

    def __init__(self, client: LanguageClient, path: Path) -> None:
        self.client = client
        self.uri = path.as_uri()
        self.version = 0
        self.published: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.published.put_nowait(params)

    async def open(self, text: str) -> list[lsp.Diagnostic]:
        """Open the template with a text, which need not be saved."""
        document = lsp.TextDocumentItem(self.uri, "yaml", self.version, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
        return list((await self.published.get()).diagnostics)

    async def change(self, text: str) -> list[lsp.Diagnostic]:
        """Type a new text over the old one."""
        self.version += 1
        document = lsp.VersionedTextDocumentIdentifier(self.version, self.uri)
        whole = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [whole]))
        return list((await self.published.get()).diagnostics)

    async def hover(self, line: int, character: int) -> str:
        """What is shown at a place, as Markdown; empty for nothing."""
        place = lsp.HoverParams(lsp.TextDocumentIdentifier(self.uri), lsp.Position(line, character))
        found = await self.client.text_document_hover_async(place)
        return found.contents.value if found and isinstance(found.contents, lsp.MarkupContent) else ""

    async def complete(self, line: int, character: int) -> list[lsp.CompletionItem]:
        """What is offered at a place."""
        place = lsp.CompletionParams(lsp.TextDocumentIdentifier(self.uri), lsp.Position(line, character))
        found = await self.client.text_document_completion_async(place)
        return list(found.items) if isinstance(found, lsp.CompletionList) else []


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A project with routes and one empty template."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    shutil.copytree(root / "platform" / "routing", tmp_path / "platform" / "routing")
    (tmp_path / "monitors").mkdir()
    return tmp_path


def ask(project: Path, question: Ask[T]) -> T:
    """Start the server, ask, and end it."""

    async def session() -> T:
        client = LanguageClient("test", "1")
        await client.start_io(sys.executable, "-c", COMMAND, "lsp", "--project", str(project), "--env", "prod")
        capabilities = lsp.ClientCapabilities()
        await client.initialize_async(lsp.InitializeParams(capabilities, root_uri=project.as_uri()))
        client.initialized(lsp.InitializedParams())
        try:
            return await asyncio.wait_for(question(Editor(client, project / "monitors" / "m.yaml")), 60)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()  # type: ignore[no-untyped-call]

    return asyncio.run(session())


def test_a_fault_is_underlined_where_it_stands_and_goes_when_it_is_mended(project: Path) -> None:
    """The text is what the editor shows, not what the disk holds."""

    async def question(editor: Editor) -> tuple[list[lsp.Diagnostic], list[lsp.Diagnostic]]:
        return await editor.open(TEMPLATE.replace("cpuutilization", "cpu_utilization")), await editor.change(TEMPLATE)

    (wrong,), mended = ask(project, question)

    assert (wrong.code, wrong.severity) == ("unknown-metric", lsp.DiagnosticSeverity.Warning)
    assert "aws.rds.cpuutilization" in wrong.message
    assert wrong.range == lsp.Range(lsp.Position(7, 23), lsp.Position(7, 46))
    assert mended == []


def test_a_place_is_counted_in_the_units_of_the_protocol(project: Path) -> None:
    """A letter outside of the basic plane counts twice."""

    async def question(editor: Editor) -> list[lsp.Diagnostic]:
        return await editor.open(TEMPLATE.replace("message: text", 'message: "💥 {{#is_alert}} never closed"'))

    (found,) = ask(project, question)

    assert (found.code, found.range.start) == ("message-blocks", lsp.Position(8, 17))


def test_a_file_that_is_no_yaml_is_a_finding_too(project: Path) -> None:
    """While one types."""

    async def question(editor: Editor) -> list[lsp.Diagnostic]:
        return await editor.open("monitors:\n  - id: [\n")

    (found,) = ask(project, question)

    assert found.code == "yaml"


def test_hover_tells_what_a_metric_and_a_function_are(project: Path) -> None:
    """Kind, unit, range and sensible aggregators; and what a function gives."""

    async def question(editor: Editor) -> tuple[str, str, str]:
        await editor.open(TEMPLATE.replace("max:aws", "abs(max:aws"))
        return await editor.hover(7, 35), await editor.hover(7, 20), await editor.hover(2, 12)

    metric, function, name = ask(project, question)

    assert metric.startswith("**aws.rds.cpuutilization** (gauge, percent)")
    assert "Range: 0 to 100." in metric
    assert function.startswith("`abs(query)`")
    assert name == ""


def test_metrics_functions_methods_and_tags_are_offered_where_they_fit(project: Path) -> None:
    """Each at its place."""
    line = "      max(last_5m):max:aws.rds.commit_latency{} by {dbi} > 5"
    text = TEMPLATE[: TEMPLATE.index("      max(")] + line + "\n    message: text\n"

    async def question(editor: Editor) -> list[set[str]]:
        await editor.open(text)
        places = [line.index("_latency") + 4, line.index("{}") + 1, line.index("dbi") + 3]
        offered = [await editor.complete(7, place) for place in places]
        await editor.change(text.replace("{} by {dbi}", "{}."))
        offered.append(await editor.complete(7, line.index("{}") + 3))
        await editor.change(text.replace("max:aws", "def aws"))
        offered.append(await editor.complete(7, line.index("max:aws") + 3))
        offered.append(await editor.complete(2, 12))
        return [{item.label for item in items} for items in offered]

    metrics, tags, keys, methods, functions, nothing = ask(project, question)

    assert metrics == {"aws.rds.commit_latency"}
    assert {"env", "service", "team", "dbinstanceidentifier"} <= tags
    assert keys == {"dbinstanceidentifier", "dbinstanceclass"}
    assert methods == {"as_count", "as_rate", "fill", "rollup", "weighted"}
    assert functions == {"default", "default_zero"}
    assert nothing == set()


OBJECTIVE: Final = """\
slos:
  - id: answered
    name: answered
    team: platform
    type: metric
    query:
      numerator: >-
        sum:aws.applicationelb.request_count{env:<< env.name >>}.as_count()
      denominator: sum:aws.applicationelb.request_count{env:<< env.name >>}.as_count()
    thresholds: [{timeframe: 30d, target: 99.9}]
"""
ALERT: Final = """\
monitors:
  - id: burning
    name: burning
    team: platform
    type: slo alert
    urgency: notify
    query: burn_rate("{NAME}").over("30d").long_window("1h").short_window("5m") > 14.4
    message: text
"""


def test_an_alert_knows_the_objectives_of_other_files(project: Path) -> None:
    """A name that none of them has is underlined."""
    (project / "monitors" / "slos.yaml").write_text(OBJECTIVE)

    async def question(editor: Editor) -> tuple[list[str], list[str]]:
        right = await editor.open(ALERT.replace("{NAME}", "answered"))
        wrong = await editor.change(ALERT.replace("{NAME}", "asnwered"))
        return [str(each.code) for each in right], [str(each.code) for each in wrong]

    assert ask(project, question) == ([], ["slo-undeclared"])


def test_the_counts_of_an_objective_are_queries_to_the_editor(project: Path) -> None:
    """Hover and completion work in numerator and denominator, and faults are underlined."""

    async def question(editor: Editor) -> tuple[list[str], str, list[str]]:
        found = await editor.open(OBJECTIVE.replace("target: 99.9", "target: 100"))
        hover = await editor.hover(7, 20)
        offered = await editor.complete(8, len("      denominator: sum:aws.applicationelb.requ"))
        return [str(each.code) for each in found], hover, [each.label for each in offered]

    codes, hover, offered = ask(project, question)
    assert codes == ["slo-without-alert", "slo-target"]
    assert "aws.applicationelb.request_count" in hover
    assert "aws.applicationelb.request_count" in offered
