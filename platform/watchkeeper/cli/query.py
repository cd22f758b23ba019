"""`watchkeeper query`: parse."""

import json
from typing import TYPE_CHECKING

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, Group, common_options
from watchkeeper.cli.terminal import colour

if TYPE_CHECKING:
    from watchkeeper.commands.query.parse import Parsed

query = Group("query", help="Datadog's query language.")


@query.command("parse", example="watchkeeper query parse 'avg(last_5m):avg:system.load.1{env:prod} by {host} > 4'")
@click.argument("text", metavar="[QUERY]", required=False)
@click.option(
    "--type",
    "query_type",
    default=None,
    show_default="found out from the text",
    help="Type of monitor, such as `query alert`; `graph` or `formula` for a widget's.",
)
@click.option(
    "--file",
    "file",
    type=click.Path(),
    default=None,
    help='JSON lines {"id", "type", "query"}, `-` for stdin; not QUERY.',
)
@common_options
def parse(common: Common, text: str | None, query_type: str | None, file: str | None) -> int:
    """Read queries, explain them and give their canonical form; exits 1 when one of them cannot be read."""
    from pathlib import Path

    from watchkeeper.commands.query.parse import Request, known_type, parse_all, read_requests

    if (text is None) == (file is None):
        raise click.UsageError("give either a QUERY or --file", click.get_current_context())
    known_type(query_type)
    requests = [Request(None, text, query_type)] if text is not None else read_requests(Path(file or ""), query_type)
    results = list(parse_all(requests))
    if common.as_json:
        lines = ",\n".join(json.dumps(result.to_json(), ensure_ascii=False) for result in results)
        print(f'{{"schema_version": 1, "results": [\n{lines}\n]}}')
    else:
        for result in results:
            _print_result(result, file)
    failed = sum(result.error is not None for result in results)
    if file is not None and not common.as_json:
        print(f"{len(results) - failed} read, {failed} refused")
    return EXIT_FINDINGS if failed else 0


def _print_result(result: "Parsed", file: str | None) -> None:
    request, found, error = result.request, result.explanation, result.error
    place = f"{file}:{request.line}: {request.id}: " if file else ""
    if error is not None:
        where = f"line {error.line}, column {error.column}"
        print(f"{place}{colour('error', 'red')}: {error.message} ({where})")
        for line in error.excerpt.split("\n"):
            print(f"    {line}")
        if error.fix:
            print(f"  fix: {error.fix}")
        elif error.expected:
            print(f"  expected: {', '.join(error.expected)}")
        return
    assert found is not None
    print(f"{place}{found.canonical}")
    window = "" if found.window_s is None else f"{found.window_s} s"
    rows = (
        ("form", found.form),
        ("metrics", ", ".join(found.metrics)),
        ("queries", ", ".join(found.variables)),
        ("monitors", ", ".join(map(str, found.members))),
        ("tags", ", ".join(found.tags)),
        ("group by", ", ".join(found.group_by)),
        ("window", window),
        ("functions", ", ".join((*found.functions, *(f".{name}" for name in found.methods)))),
        ("alerts at", found.threshold),
    )
    for title, content in rows:
        if content:
            print(f"  {title:<10} {content}")
