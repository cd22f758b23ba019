"""Which logs a search finds. Source: Datadog documentation, "Log Search Syntax", read 2026-11.

Terms, phrases, reserved attributes and tags (`service:api`), attributes (`@http.status:500`), wildcards, comparisons,
ranges, AND, OR, NOT and brackets. A free word is looked for in the message, whole and without regard to case.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final

from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.search import search_terms
from watchkeeper.sandbox.datadog.log_store import LogRecord

Matcher = Callable[[LogRecord], bool]
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<minus>(?<![^\s(])-(?=\S))
    |(?P<key>@?[\w./\-]+:(?=\S))|(?P<quoted>"(?:[^"\\]|\\.)*")
    |(?P<range>[\[{]\S+\s+TO\s+\S+[\]}])|(?P<word>[^\s()"]+))""",
    re.VERBOSE,
)
_COMPARED: Final = re.compile(r"(>=|<=|>|<)(-?\d+(?:\.\d+)?)")
_RANGE: Final = re.compile(r"[\[{](\S+)\s+TO\s+(\S+)[\]}]")
_WORD: Final = re.compile(r"[\w.*?:/@\-]+")
_OF_A_MESSAGE: Final = re.compile(r"[\w.@\-]+")


@lru_cache(maxsize=512)
def matcher(search: str) -> Matcher:
    """Whether a log is found. Raises QuerySyntaxError."""
    text = search.replace('\\"', '"')
    search_terms(text)  # the same refusals as Datadog's own
    reader = _Reader(text)
    found = reader.either()
    if reader.kind != "end":
        raise QuerySyntaxError("the search cannot be read to its end", search, 0)
    return found


def _all(_log: LogRecord) -> bool:
    return True


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = [(match.lastgroup or "word", match[match.lastgroup or 0]) for match in _TOKEN.finditer(text)]
        self._tokens.append(("end", ""))
        self._text = text
        self._index = 0

    @property
    def kind(self) -> str:
        return self._tokens[self._index][0]

    def _take(self) -> str:
        value = self._tokens[self._index][1]
        self._index += 1
        return value

    def _is_word(self, word: str) -> bool:
        return self._tokens[self._index] == ("word", word)

    def either(self, key: str = "") -> Matcher:
        parts = [self._both(key)]
        while self._is_word("OR"):
            self._take()
            parts.append(self._both(key))
        return parts[0] if len(parts) == 1 else lambda log: any(part(log) for part in parts)

    def _both(self, key: str) -> Matcher:
        parts: list[Matcher] = []
        while self.kind not in ("end", "close") and not self._is_word("OR"):
            if self._is_word("AND"):
                self._take()
                continue
            parts.append(self._term(key))
        if not parts:
            return _all
        return parts[0] if len(parts) == 1 else lambda log: all(part(log) for part in parts)

    def _term(self, key: str) -> Matcher:
        if self.kind == "minus" or self._is_word("NOT"):
            self._take()
            inner = self._term(key)
            return lambda log: not inner(log)
        if self.kind == "open":
            self._take()
            inner = self.either(key)
            if self.kind != "close":
                raise QuerySyntaxError("a bracket is never closed in the search", self._text, 0)
            self._take()
            return inner
        if self.kind == "key":
            return self._valued(self._take()[:-1])
        return _value(key, self._take(), self._text)

    def _valued(self, key: str) -> Matcher:
        if self.kind == "open":
            return self._term(key)
        value = self._take()
        while self._tokens[self._index - 1][0] == "key":  # colons in a value belong to it
            value += self._take()
        return _value(key, value, self._text)


def _value(key: str, value: str, text: str) -> Matcher:
    if not value or value in ("AND", "OR"):
        raise QuerySyntaxError("a value is missing in the search", text, 0)
    if not key:
        return _all if value == "*" else _in_message(value)
    plain = value.strip('"').lower()
    test = _test(plain)
    return lambda log: any(test(each) for each in _values(log, key))


def _test(value: str) -> Callable[[str], bool]:
    compared, span = _COMPARED.fullmatch(value), _RANGE.fullmatch(value.replace(" to ", " TO "))
    if compared:
        sign, limit = compared[1], float(compared[2])
        tests: Mapping[str, Callable[[float], bool]] = {
            ">": lambda number: number > limit,
            "<": lambda number: number < limit,
            ">=": lambda number: number >= limit,
            "<=": lambda number: number <= limit,
        }
        return lambda text: (number := _number(text)) is not None and tests[sign](number)
    if span:
        low, high = _number(span[1]), _number(span[2])
        return lambda text: (
            (number := _number(text)) is not None
            and (low is None or number >= low)
            and (high is None or number <= high)
        )
    if "*" in value or "?" in value:
        return lambda text: fnmatchcase(text, value.replace("[", "[[]"))
    return lambda text: text == value


def _in_message(value: str) -> Matcher:
    wanted = value.strip('"').lower()
    if value.startswith('"') or not _WORD.fullmatch(value):
        return lambda log: wanted in log.message.lower()
    if "*" in wanted or "?" in wanted:
        return lambda log: any(fnmatchcase(word, wanted) for word in _OF_A_MESSAGE.findall(log.message.lower()))
    pattern = re.compile(rf"(?<![\w]){re.escape(wanted)}(?![\w])")
    return lambda log: pattern.search(log.message.lower()) is not None


def _values(log: LogRecord, key: str) -> Iterator[str]:
    """Everything that a key names of a log, in lower case."""
    if key.startswith("@"):
        yield from _attribute(log.attributes, key[1:])
        return
    name = key.lower()
    reserved = {"service": log.service, "source": log.source, "host": log.host, "status": log.status}
    if reserved.get(name):
        yield reserved[name].lower()
        return
    yield from (tag.partition(":")[2] for tag in log.tags if tag.partition(":")[0] == name)


def numbers_in(log: LogRecord, path: str) -> Iterator[float]:
    """The numbers under an attribute of a log, as a measure takes them; what is no number is passed over."""
    found = (_number(each) for each in _attribute(log.attributes, path))
    return (number for number in found if number is not None and math.isfinite(number))


def _attribute(attributes: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    if not path:
        values = attributes if isinstance(attributes, list) else [attributes]
        yield from ("" if each is None else str(each).lower() for each in values if not isinstance(each, Mapping))
    elif isinstance(attributes, Mapping):
        if path in attributes:
            yield from _attribute(attributes[path], "")
            return
        name, _, rest = path.partition(".")
        if name in attributes:
            yield from _attribute(attributes[name], rest)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
