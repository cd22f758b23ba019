"""What an editor shows inside of a query: metrics, functions, tags. Pure; works on text that is not finished yet."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from watchkeeper.metrics.catalogue import Catalogue, MetricFacts
from watchkeeper.query.functions import FUNCTIONS, METHODS, SPACE_AGGREGATORS

Kind = Literal["metric", "function", "method", "aggregator", "tag"]

PROJECT_TAGS: Final = ("env", "service", "team")
"""Keys that every metric of the project carries."""

_QUERIES: Final = ("query", "numerator", "denominator")
_WORD: Final = re.compile(r"[A-Za-z_][\w.]*")
_KEY: Final = re.compile(r"^(?P<indent>\s*(?:- )?)(?P<key>[A-Za-z_]\w*):(?=\s|$)")
_NAME_BEFORE: Final = re.compile(r"([A-Za-z_][\w.]*)(?:\{[^{}]*\}\s*by\s*)?\{[^{}]*$")
_METHOD_GIVES: Final[Mapping[str, str]] = {
    "as_count": "The number of events in each bucket. The time aggregation becomes a sum, gaps are not filled.",
    "as_rate": "The number of events each second.",
    "fill": "What stands where a bucket has no value: null, linear, last or zero, for at most 600 seconds.",
    "rollup": "The length of a bucket in seconds, and how its values become one. Buckets lie on the clock.",
    "weighted": "The average weighs each series by how long it existed; for gauges whose tags change often.",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One word that may stand at the cursor. begin: offset in the text from which it replaces what is there."""

    label: str
    kind: Kind
    detail: str
    documentation: str
    begin: int


@dataclass(frozen=True, slots=True)
class Hover:
    """An explanation in Markdown of the text begin..end."""

    markdown: str
    begin: int
    end: int


def is_in_query(text: str, offset: int) -> bool:
    """Whether a place of a template belongs to the value of a `query:`, or to a count of an objective."""
    lines = text[:offset].split("\n")
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    for number, line in enumerate(reversed(lines)):
        found = _KEY.match(line)
        if found and (number == 0 or len(found["indent"]) < indent or not lines[-1].strip()):
            return found["key"] in _QUERIES and (number > 0 or len(line) > found.end())
        if line.strip() and number > 0 and not found and len(line) - len(line.lstrip()) < indent:
            return False
    return False


def hover_at(text: str, offset: int, catalogue: Catalogue) -> Hover | None:
    """What the word at a place means; None outside of queries, and for words that nobody knows."""
    if not is_in_query(text, offset):
        return None
    line_start = text.rfind("\n", 0, offset) + 1
    line_end = text.find("\n", offset)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    for match in _WORD.finditer(line):
        if not match.start() <= offset - line_start <= match.end():
            continue
        word, begin = match[0], line_start + match.start()
        facts = catalogue.get(word)
        if facts is not None:
            return Hover(metric_markdown(facts), begin, begin + len(word))
        # A method stands behind a dot, which belongs to the word where no bracket comes before it.
        name = word.rpartition(".")[2] if match.start() and line[match.start() - 1] in ")}" else word
        markdown = function_markdown(name)
        return Hover(markdown, begin, begin + len(word)) if markdown else None
    return None


def metric_markdown(facts: MetricFacts) -> str:
    """Everything that the catalogue knows of a metric."""
    unit = f", {facts.unit}" if facts.unit else ""
    lines = [f"**{facts.name}** ({facts.kind}{unit})", "", f"{facts.means}." if facts.means else ""]
    if facts.low is not None or facts.high is not None:
        low, high = ("" if bound is None else f"{bound:g}" for bound in (facts.low, facts.high))
        lines.append(f"\nRange: {low} to {high}." if high else f"\nRange: {low} and above.")
    if facts.sensible:
        avoid = f"; not {', '.join(facts.avoid)}" if facts.avoid else ""
        lines.append(f"\nAggregate by {', '.join(facts.sensible)}{avoid}.")
    if facts.tags:
        lines.append(f"\nTags: {', '.join(facts.tags)}.")
    return "\n".join(lines).strip()


def function_markdown(name: str) -> str:
    """What a function or method gives; empty for an unknown name."""
    function = FUNCTIONS.get(name)
    if function is not None:
        caution = f"\n\n{function.caution}" if function.caution else ""
        return f"`{function.signature}`\n\n{function.gives}{caution}"
    if name in METHODS:
        return f"`.{name}({', '.join(parameter.name for parameter in METHODS[name])})`\n\n{_METHOD_GIVES[name]}"
    return ""


def suggestions_at(text: str, offset: int, catalogue: Catalogue) -> list[Suggestion]:
    """What may stand at the cursor, by what stands before it; empty outside of queries."""
    if not is_in_query(text, offset):
        return []
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    # Jinja's expressions are no part of the query's own grammar.
    before = re.sub(r"<<.*?>>", lambda match: "x" * len(match[0]), before)
    if before.rfind("{") > before.rfind("}"):
        return list(_tags(before, offset, catalogue))
    method = re.search(r"[)}]\s*\.(\w*)$", before)
    if method:
        begin = offset - len(method[1])
        return [
            Suggestion(name, "method", f".{name}()", _METHOD_GIVES[name], begin)
            for name in METHODS
            if name.startswith(method[1])
        ]
    word = re.search(r"[A-Za-z_][\w.]*$", before)
    return list(_names(word[0] if word else "", offset, catalogue))


def _tags(before: str, offset: int, catalogue: Catalogue) -> Iterator[Suggestion]:
    typed = re.search(r"(?:^|[{,!\s(])([\w.-]*)$", before)
    if typed is None:
        return
    name = _NAME_BEFORE.search(before)
    facts = catalogue.get(name[1]) if name else None
    for key in (*PROJECT_TAGS, *(facts.tags if facts is not None else ())):
        if key.startswith(typed[1]):
            of = "of the project" if key in PROJECT_TAGS else f"of {facts.name}" if facts else ""
            yield Suggestion(key, "tag", f"tag {of}", "", offset - len(typed[1]))


def _names(typed: str, offset: int, catalogue: Catalogue) -> Iterator[Suggestion]:
    begin = offset - len(typed)
    for name in SPACE_AGGREGATORS:
        if name.startswith(typed):
            yield Suggestion(name, "aggregator", "space aggregation", "", begin)
    for name, facts in catalogue.metrics.items():
        if typed and (name.startswith(typed) or f".{typed}" in name):
            detail = ", ".join(part for part in (facts.kind, facts.unit) if part)
            yield Suggestion(name, "metric", detail, metric_markdown(facts), begin)
    for name, function in FUNCTIONS.items():
        if name.startswith(typed):
            yield Suggestion(name, "function", function.signature, function_markdown(name), begin)
