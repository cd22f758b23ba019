"""`query parse`: queries explained one by one, those of a file in the order of its lines."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from watchkeeper.errors import ConfigError, Location, Problem, UsageError, did_you_mean
from watchkeeper.query.explain import GRAPH_TYPES, Explanation, explain
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.monitor_types import FORMS

STDIN: Final = "-"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
TYPES: Final = (*sorted(FORMS), *GRAPH_TYPES)


@dataclass(frozen=True, slots=True)
class Request:
    """A query to be read. id: whatever the asker calls it. line: in its file, 0 without one."""

    id: str | int | None
    text: str
    type: str | None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Parsed:
    """The answer to a request: one of explanation and error is None."""

    request: Request
    explanation: Explanation | None
    error: QuerySyntaxError | None

    def to_json(self) -> dict[str, Any]:
        """JSON values; a query that failed mentions nothing."""
        answer: dict[str, Any] = {"id": self.request.id, "ok": self.error is None}
        found = self.explanation
        answer |= _NOTHING if found is None else {name: getattr(found, name) for name in _NOTHING}
        error = self.error
        answer["error"] = None if error is None else {
            "line": error.line, "column": error.column, "message": error.message, "expected": list(error.expected),
            "fix": error.fix,
        }  # fmt: skip
        return answer


_NOTHING: Final[Mapping[str, Any]] = {
    "form": None, "canonical": None, "metrics": [], "tags": [], "group_by": [], "window_s": None, "functions": [],
    "methods": [], "variables": [], "members": [], "threshold": "",
}  # fmt: skip


class UnknownTypeError(UsageError):
    """A type that no monitor and no widget has."""

    def __init__(self, name: str) -> None:
        shown = name[:80]
        super().__init__(f"there is no type `{shown}`", did_you_mean(shown, TYPES) or f"one of: {', '.join(TYPES)}")


def known_type(name: str | None) -> str | None:
    """The type, if there is such a one. Raises UsageError."""
    if name is not None and name not in TYPES:
        raise UnknownTypeError(name)
    return name


def parse_all(requests: Sequence[Request]) -> Iterator[Parsed]:
    """Each request with its answer."""
    for request in requests:
        try:
            yield Parsed(request, explain(request.text, request.type), None)
        except QuerySyntaxError as err:
            yield Parsed(request, None, err)


def requests_in(file: str, content: str, default_type: str | None = None) -> list[Request]:
    """The requests of JSON lines, `{"id", "type", "query"}`; empty lines are passed over.

    default_type: for lines without one. Raises ConfigError with every line that is no request.
    """
    found: list[Request] = []
    problems: list[Problem] = []
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(_request(json.loads(line), number, default_type))
        except json.JSONDecodeError as err:
            what = f"this is no JSON: {err.msg}"
            problems.append(
                Problem(what, Location(file, number, err.colno), 'write {"id": ..., "type": ..., "query": ...}')
            )
        except (TypeError, RecursionError) as err:
            what = "it is nested too deep" if isinstance(err, RecursionError) else str(err)
            problems.append(Problem(what, Location(file, number), 'write {"id": ..., "type": ..., "query": ...}'))
        except UnknownTypeError as err:
            problems.append(Problem(str(err), Location(file, number), err.fix))
    if problems:
        raise ConfigError(problems)
    return found


def _request(record: object, line: int, default_type: str | None) -> Request:
    if not isinstance(record, dict):
        raise TypeError("this is no JSON object")
    text, query_type, name = record.get("query"), record.get("type", default_type), record.get("id", line)
    if not isinstance(text, str):
        raise TypeError("`query` is missing" if text is None else "`query` is no text")
    if query_type is not None and query_type not in TYPES:
        raise UnknownTypeError(str(query_type))
    if any(_SURROGATE.search(each) for each in (text, name) if isinstance(each, str)):
        raise TypeError("it holds half of a character, a surrogate alone")
    if name is not None and not isinstance(name, str | int):
        raise TypeError("`id` is no text and no number")
    return Request(name, text, query_type, line)


def read_requests(path: Path, default_type: str | None = None) -> list[Request]:
    """The requests of a file, or of the standard input (`-`). Raises UsageError, ConfigError."""
    try:
        content = sys.stdin.buffer.read().decode("utf-8-sig") if str(path) == STDIN else path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as err:
        reason = err.strerror if isinstance(err, OSError) else "it is not UTF-8"
        raise UsageError(f"cannot read {path}: {reason}", "name a file of JSON lines") from err
    return requests_in(str(path), content, default_type)
