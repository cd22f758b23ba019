"""JSON text as plain values that remember where they stand. Places are looked up only when somebody asks for one."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, Final

from watchkeeper.errors import ConfigError, Location, Problem
from watchkeeper.project.placing import line_and_column, source_index

MAX_BYTES: Final = 256 * 1024 * 1024
_SPACE: Final = " \t\r\n"
_DECODER: Final = json.JSONDecoder()


class JsonDocument:
    """A parsed JSON file. file: path as shown to the user. data: plain values. text: as it was read."""

    def __init__(self, file: str, text: str, data: Any) -> None:  # noqa: ANN401 - JSON may be anything
        self.file = file
        self.text = text
        self.data = data
        self._children: dict[int, dict[str | int, tuple[int, int, int]]] = {}

    def where(self, path: Sequence[str | int], *, key: bool = False) -> Location:
        """The place of a value, or of its key; of the nearest enclosing value where it does not exist."""
        begin, value_at, _ = self._find(path)[0]
        return self.at(begin if key else value_at)

    def at(self, index: int) -> Location:
        """The place of a character of the file."""
        return Location(self.file, *line_and_column(self.text, index))

    def span(self, path: Sequence[str | int], *, key: bool = False) -> tuple[int, int] | None:
        """Begin and end of a value in the text, with its key where `key` is set; None where it does not exist."""
        (begin, value_at, end), depth = self._find(path)
        return (begin if key else value_at, end) if depth == len(path) else None

    def index_inside(self, path: Sequence[str | int], value: str, offset: int) -> int | None:
        """The index in the file of the character `offset` of the text `value` at `path`."""
        span = self.span(path)
        return source_index(self.text, span[0] + 1, span[1] - 1, value, offset) if span else None

    def _find(self, path: Sequence[str | int]) -> tuple[tuple[int, int, int], int]:
        start = _skip(self.text, 0)
        found, depth = (start, start, len(self.text.rstrip())), 0
        for step in path:
            child = self._children_of(found[1]).get(step)
            if child is None:
                break
            found, depth = child, depth + 1
        return found, depth

    def _children_of(self, at: int) -> Mapping[str | int, tuple[int, int, int]]:
        """For each key or index of the value at `at`: where its key, its value, and its end stand."""
        if at in self._children:
            return self._children[at]
        text, children = self.text, dict[str | int, tuple[int, int, int]]()
        if text[at] in "[{":
            is_object = text[at] == "{"
            place = _skip(text, at + 1)
            while text[place] not in "]}":
                begin, name = place, len(children)
                if is_object:
                    name, place = scanstring(text, place + 1, False)
                    place = _skip(text, _skip(text, place) + 1)
                _, end = _DECODER.raw_decode(text, place)
                children[name] = (begin, place, end)
                place = _skip(text, end)
                if text[place] == ",":
                    place = _skip(text, place + 1)
        self._children[at] = children
        return children


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def read_json(path: Path, file: str) -> JsonDocument:
    """Read and parse a file; `file` is its name in messages. Raises ConfigError: unreadable, too large, not JSON."""
    try:
        raw = path.read_bytes()
    except OSError as err:
        raise ConfigError(Problem(f"cannot read {file}: {err.strerror}", Location(file))) from err
    if len(raw) > MAX_BYTES:
        problem = Problem(f"{file} is larger than {MAX_BYTES >> 20} MiB", Location(file), fix="split the file")
        raise ConfigError(problem)
    try:
        return parse_json(raw.decode("utf-8-sig"), file)
    except UnicodeDecodeError as err:
        line = raw[: err.start].count(b"\n") + 1
        raise ConfigError(Problem("the file is not UTF-8 text", Location(file, line), fix="save it as UTF-8")) from err


def parse_json(text: str, file: str) -> JsonDocument:
    """Parse JSON text. Raises ConfigError with the place of the syntax error, or of every key that stands twice."""
    twice: set[str] = set()

    def joined(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice.update(name for name in found if names.count(name) > 1)
        return found

    try:
        document = JsonDocument(file, text, json.loads(text, object_pairs_hook=joined))
        problems = list(_repeated(document, twice)) if twice else []
    except json.JSONDecodeError as err:
        what = f"not JSON: {err.msg[:1].lower()}{err.msg[1:]}"
        raise ConfigError(Problem(what, Location(file, err.lineno, err.colno), rule="json")) from err
    except RecursionError as err:
        raise ConfigError(Problem("not JSON: nested too deep", Location(file), rule="json")) from err
    if problems:
        raise ConfigError(problems)
    return document


def _repeated(document: JsonDocument, names: Collection[str]) -> Iterator[Problem]:
    """The keys that stand twice in one object, of which every reader would drop one. names: those that may."""
    text, at = document.text, 0
    seen: list[set[str] | None] = []
    while at < len(text):
        char = text[at]
        if char in "{[":
            seen.append(set() if char == "{" else None)
        elif char in "}]":
            seen.pop()
        elif char == '"':
            begin = at
            word, at = scanstring(text, at + 1, False)
            mine = seen[-1] if seen else None
            if word in names and mine is not None and text[_skip(text, at)] == ":":
                if word in mine:
                    what, fix = f"duplicate key `{word}`", "remove one of the two"
                    yield Problem(what, document.at(begin), fix=fix, rule="json")
                mine.add(word)
            continue
        at += 1
