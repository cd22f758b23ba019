"""YAML text as plain values that remember where they stand.

YAML 1.2 core schema: `yes`, `on`, `22:30` and dates stay text, numbers with a leading zero (account ids) too.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import BaseResolver

from watchkeeper.errors import ConfigError, Location, Problem
from watchkeeper.project.placing import index_of, line_and_column, source_index

KeyPath = tuple[str | int, ...]

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_NODES: Final = 2_000_000
MAX_DEPTH: Final = 100

_STR = "tag:yaml.org,2002:str"
_MAP = "tag:yaml.org,2002:map"
_SEQ = "tag:yaml.org,2002:seq"


class _CoreSchema(BaseResolver):
    """The YAML 1.2 core schema."""


_FLOAT: Final = (
    r"^(?:[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)\.[0-9]*)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?(?:0|[1-9][0-9]*)[eE][-+]?[0-9]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)

for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^(?:[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    ("float", _FLOAT, list("-+0123456789.")),
):
    _CoreSchema.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)

if yaml.__with_libyaml__:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    class _Loader(CParser, _CoreSchema):
        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            _CoreSchema.__init__(self)

else:  # pragma: no cover - every wheel of PyYAML brings libyaml

    class _Loader(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer, _CoreSchema):  # type: ignore[no-redef]
        def __init__(self, stream: str) -> None:
            yaml.reader.Reader.__init__(self, stream)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)
            yaml.composer.Composer.__init__(self)
            _CoreSchema.__init__(self)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed YAML file: `data` as plain values, and the place of each of them.

    file: path relative to the project's root. data: dicts, lists, text, numbers, booleans, None. text: as it was read.
    """

    file: str
    data: Any
    root: Node | None
    text: str = field(default="", repr=False)

    def at(self, path: Sequence[str | int] = ()) -> Location:
        """The place of the value at `path`; of the nearest enclosing value where it does not exist."""
        return self.find(path)[0]

    def at_key(self, path: Sequence[str | int]) -> Location:
        """The place of the key that ends `path`; of the value where there is no such key."""
        return self.find(path, key=True)[0]

    def find(self, path: Sequence[str | int], *, key: bool = False) -> tuple[Location, int]:
        """The place of a value (or of its key), and how many steps of `path` exist in the file."""
        node, place, depth = self.root, self.root, 0
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            name, node = found
            place = name if key and name is not None else node
            depth += 1
        return self._location(place), depth

    def inside(self, path: Sequence[str | int], offset: int) -> Location:
        """The place of the character `offset` of the text at `path`; of the value where it cannot be told."""
        node, _ = self._node(path)
        index = self.index_inside(path, node.value, offset) if isinstance(node, ScalarNode) else None
        return self._location(node) if index is None else Location(self.file, *line_and_column(self.text, index))

    def index_inside(self, path: Sequence[str | int], value: str, offset: int) -> int | None:
        """The index in the file of the character `offset` of the text `value` that stands at `path`."""
        node, depth = self._node(path)
        if not isinstance(node, ScalarNode) or depth < len(path):
            return None
        begin, end = self._span(node)
        if node.style in ("|", ">"):
            begin = self.text.find("\n", begin) + 1
        elif node.style:
            begin, end = begin + 1, end - 1
        return source_index(self.text, begin, end, value, offset, doubles_quotes=node.style == "'")

    def span(self, path: Sequence[str | int], *, key: bool = False) -> tuple[int, int] | None:
        """Begin and end of a value in the text, with its key where `key` is set; None where it does not exist."""
        node, depth = self._node(path)
        if node is None or depth < len(path):
            return None
        begin, end = self._span(node)
        name = _child(self._node(path[:-1])[0], path[-1]) if key and path else None
        return (self._span(name[0])[0], end) if name and name[0] is not None else (begin, end)

    def _node(self, path: Sequence[str | int]) -> tuple[Node | None, int]:
        node, depth = self.root, 0
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            node, depth = found[1], depth + 1
        return node, depth

    def _span(self, node: Node) -> tuple[int, int]:
        begin, end = node.start_mark, node.end_mark
        return index_of(self.text, begin.line, begin.column), index_of(self.text, end.line, end.column)

    def _location(self, node: Node | None) -> Location:
        if node is None:
            return Location(self.file)
        return Location(self.file, node.start_mark.line + 1, node.start_mark.column + 1)


def _child(node: Node | None, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if isinstance(name, ScalarNode) and name.value == str(step):
                return name, value
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return None, node.value[step]
    return None


def read_document(root: Path, file: str) -> Document:
    """Read and parse `root/file`. Raises ConfigError: unreadable, not UTF-8, too large, or not YAML."""
    path = root / file
    try:
        raw = path.read_bytes()
    except OSError as err:
        fix = "write the file" if isinstance(err, FileNotFoundError) else "put a file there that may be read"
        raise ConfigError(Problem(f"cannot read {file}: {err.strerror}", Location(file), fix=fix)) from err
    if len(raw) > MAX_BYTES:
        problem = Problem(
            f"{file} is larger than {MAX_BYTES // 1024 // 1024} MiB", Location(file), fix="split the file"
        )
        raise ConfigError(problem)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = raw[: err.start].count(b"\n") + 1
        problem = Problem("the file is not UTF-8 text", Location(file, line), fix="save it as UTF-8")
        raise ConfigError(problem) from err
    return parse_document(text, file)


def parse_document(text: str, file: str) -> Document:
    """Parse YAML text. Raises ConfigError with every duplicate key and foreign tag, or with the syntax error."""
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as err:
        raise ConfigError(_syntax_problem(err, file, text)) from err
    except (yaml.YAMLError, RecursionError) as err:
        what = "nested too deep" if isinstance(err, RecursionError) else str(err)
        raise ConfigError(Problem(f"not YAML: {what}", Location(file), rule="yaml")) from err
    builder = _Builder(file)
    data = builder.build(root) if root is not None else None
    if builder.problems:
        raise ConfigError(builder.problems)
    return Document(file, data, root, text)


def _syntax_problem(err: yaml.MarkedYAMLError, file: str, text: str) -> Problem:
    mark = err.problem_mark or err.context_mark
    where = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
    what = err.problem or "cannot be read"
    fix = "check the indentation and the quotes of this line and of the one before"
    if "mapping values are not allowed" in what:
        fix = "quote a text that contains `: `"
    if "found character '%'" in what or "cannot start any token" in what:
        fix = "quote the text; a template leaf such as '<% if ... %>' needs quotes or a `|` block"
    lines = text.splitlines()
    if mark is not None and mark.line < len(lines) and lines[mark.line][mark.column :].startswith("\t"):
        what, fix = "a tab cannot indent", "indent with spaces"
    return Problem(f"not YAML: {what}", where, fix=fix, rule="yaml")


class _Builder:
    """Plain values from nodes; collects problems instead of stopping at the first."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._nodes = 0

    def build(self, node: Node, depth: int = 0) -> Any:  # noqa: ANN401 - a YAML value may be anything
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            limit = f"{MAX_NODES} values" if depth <= MAX_DEPTH else f"{MAX_DEPTH} levels"
            fix = "expand fewer anchors, or split the file"
            raise ConfigError(Problem(f"more than {limit} in one file", self._where(node), fix=fix, rule="yaml"))
        if isinstance(node, MappingNode) and node.tag == _MAP:
            return self._mapping(node, depth)
        if isinstance(node, SequenceNode) and node.tag == _SEQ:
            return [self.build(item, depth + 1) for item in node.value]
        if isinstance(node, ScalarNode) and node.tag in _SCALARS:
            return _SCALARS[node.tag](node.value)
        self._report(node, f"the YAML tag `{node.tag}` is not supported", "remove the tag")
        return None

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, value in node.value:
            if not isinstance(name, ScalarNode):
                self._report(name, "a key must be plain text", "write the key as text")
                continue
            if name.value in result:
                self._report(name, f"duplicate key `{name.value}`", "remove one of the two")
                continue
            result[name.value] = self.build(value, depth + 1)
        return result

    def _report(self, node: Node, what: str, fix: str) -> None:
        self.problems.append(Problem(what, self._where(node), fix=fix, rule="yaml"))

    def _where(self, node: Node) -> Location:
        return Location(self.file, node.start_mark.line + 1, node.start_mark.column + 1)


def _float(text: str) -> float:
    lowered = text.lower().lstrip("+")
    if lowered.lstrip("-") in (".inf", ".nan"):
        return float(lowered.replace(".", "", 1))
    return float(text)


_SCALARS: Final[Mapping[str, Callable[[str], object]]] = {
    _STR: str,
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:int": lambda text: int(text, 16) if text.startswith("0x") else int(text),
    "tag:yaml.org,2002:float": _float,
}
