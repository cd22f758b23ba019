"""Every query of the conformance corpus is read and read back; those that break the language are listed one by one."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from watchkeeper.query.canonical import canonical_expression, canonical_query
from watchkeeper.query.explain import explain
from watchkeeper.query.expressions import parse_expression, parse_query_list
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_query
from watchkeeper.query.printer import render_expression, render_query
from watchkeeper.query.search import search_terms

pytestmark = pytest.mark.corpus
LISTED = Path(__file__).with_name("refused.yaml")
EXPECTED = {"shipped monitors": 379, "third party": 196, "dashboards": 7000}
SOURCES = {"shipped monitors", "third party", "dashboards", "recorded"}


@dataclass(frozen=True)
class Found:
    source: str
    where: str
    text: str
    kind: str


def shipped(corpus: Path) -> Iterator[Found]:
    for file in sorted((corpus / "datadog" / "monitors").glob("*.json")):
        definition = json.loads(file.read_text())["definition"]
        yield Found("shipped monitors", file.stem, definition["query"], definition["type"])
        for variable in definition.get("options", {}).get("variables", ()):
            if "search" in variable:
                yield Found(
                    "shipped monitors", f"{file.stem}/{variable['name']}", variable["search"]["query"], "search"
                )


def third_party(corpus: Path) -> Iterator[Found]:
    for each in json.loads((corpus / "datadog" / "thirdparty" / "terraform_monitors.json").read_text()):
        if not each["unresolved"]:
            yield Found("third party", f"{each['module']}/{each['resource']}", each["query"], each["type"])


def dashboards(corpus: Path) -> Iterator[Found]:
    for file in sorted((corpus / "datadog" / "dashboards").glob("*.json")):
        for kind, text in in_widgets(json.loads(file.read_text())):
            yield Found("dashboards", file.stem, text, kind)


def in_widgets(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("q"), str):
            yield "graph", value["q"]
        if value.get("data_source") == "metrics" and isinstance(value.get("query"), str):
            yield "graph", value["query"]
        if isinstance(value.get("formula"), str):
            yield "formula", value["formula"]
        if isinstance(value.get("query_string"), str):
            yield "search", value["query_string"]
        search = value.get("search")
        if isinstance(search, dict) and isinstance(search.get("query"), str):
            yield "search", search["query"]
        for each in value.values():
            yield from in_widgets(each)
    elif isinstance(value, list):
        for each in value:
            yield from in_widgets(each)


def recorded(corpus: Path) -> Iterator[Found]:
    """Monitors that the real API took."""
    for line in (corpus / "datadog" / "recorded" / "interactions.jsonl").read_text().splitlines():
        pair = json.loads(line)
        body = pair["req"]
        body = json.loads(body) if isinstance(body, str) and body.startswith("{") else body
        if isinstance(body, dict) and pair["code"] == 200 and "/monitor" in pair["uri"] and body.get("query"):
            yield Found("recorded", f"{pair['feature']}: {pair['scenario']}", body["query"], body["type"])


def check(found: Found) -> None:
    """Read it, print it, read that: equal, and the canonical form likewise. Raises QuerySyntaxError."""
    if found.kind == "search":
        search_terms(found.text)
    elif found.kind == "graph":
        graph = parse_query_list(found.text)
        assert parse_query_list(", ".join(render_expression(each) for each in graph)) == graph
    elif found.kind == "formula":
        formula = parse_expression(found.text, is_formula=True)
        assert parse_expression(render_expression(formula), is_formula=True) == formula
        canonical = canonical_expression(formula)
        assert canonical_expression(parse_expression(render_expression(canonical), is_formula=True)) == canonical
    else:
        query = parse_query(found.text, found.kind)
        assert parse_query(render_query(query), found.kind) == query
        assert canonical_query(parse_query(render_query(canonical_query(query)))) == canonical_query(query)
        assert explain(found.text).canonical == explain(found.text, found.kind).canonical


def test_every_query_of_the_corpus_is_read_or_listed(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Found, read and listed are printed for each source; at most one in a hundred is listed, and no entry is stale."""
    listed = {(each["source"], each["where"]) for each in yaml.safe_load(LISTED.read_text())}
    counts = {source: [0, 0, 0] for source in sorted(SOURCES)}
    unlisted, met = [], set()

    for found in (*shipped(corpus), *third_party(corpus), *dashboards(corpus), *recorded(corpus)):
        counts[found.source][0] += 1
        try:
            check(found)
        except QuerySyntaxError as err:
            place = (found.source, found.where)
            met.add(place)
            counts[found.source][2] += place in listed
            if place not in listed:
                unlisted.append(f"{found.source} {found.where}: {err}\n{err.excerpt}")
        else:
            counts[found.source][1] += 1

    with capsys.disabled():
        for source, (total, read, refused) in counts.items():
            sys.stdout.write(f"\n  {source:<18} {total:>6} found {read:>6} read {refused:>3} listed")
    assert unlisted == []
    assert listed - met == set(), "these entries of refused.yaml are read today: take them out"
    for source, (total, _, refused) in counts.items():
        assert total >= EXPECTED.get(source, 1)
        assert refused <= total / 100


def test_every_entry_names_the_rule_that_is_broken() -> None:
    """A list without reasons would only hide things."""
    for each in yaml.safe_load(LISTED.read_text()):
        assert set(each) == {"source", "where", "rule"}
        assert len(each["rule"]) > 20
