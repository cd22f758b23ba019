"""What stands in braces: the filter of a metric, and the keys it is grouped by."""

import re
from functools import lru_cache
from typing import Final

from watchkeeper.query.ast import EVERYTHING, AllOf, AnyOf, Filter, NotFilter, TagFilter
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.series import Series

_WORD: Final = re.compile(r"\s*(?:(?P<symbol>[(),!])|(?P<word>[^\s(),!]+))")


def parse_scope(text: str, span: tuple[int, int]) -> Filter:
    """The filter between two offsets of a query. Raises QuerySyntaxError."""
    reader = _ScopeReader(text, span)
    if not reader.words or [word for word, _ in reader.words] == ["*"]:
        return EVERYTHING
    found = reader.any_of()
    reader.end()
    return found


def parse_group(text: str, span: tuple[int, int]) -> tuple[str, ...]:
    """The keys of `by {a,b}`, in the order they are written. Raises QuerySyntaxError."""
    keys = tuple(key.strip().lower() for key in text[slice(*span)].split(","))
    if not all(keys):
        raise QuerySyntaxError("a key is missing in the group", text, span[0], fix="write by {host}, or leave it out")
    return keys


class _ScopeReader:
    def __init__(self, text: str, span: tuple[int, int]) -> None:
        self.text = text
        self.stop = span[1]
        self.words: list[tuple[str, int]] = []
        for match in _WORD.finditer(text, *span):
            group = match.lastgroup or "word"
            self.words.append((match[group], match.start(group)))
        self.index = 0

    def peek(self) -> str:
        return self.words[self.index][0] if self.index < len(self.words) else ""

    def place(self) -> int:
        return self.words[self.index][1] if self.index < len(self.words) else self.stop

    def accept(self, *words: str) -> bool:
        if self.peek().upper() in words:
            self.index += 1
            return True
        return False

    def any_of(self) -> Filter:
        operands = [self.all_of()]
        while self.accept("OR"):
            operands.append(self.all_of())
        return operands[0] if len(operands) == 1 else AnyOf(tuple(operands))

    def all_of(self) -> Filter:
        operands = [self.negated()]
        while self.accept("AND", ","):
            operands.append(self.negated())
        return operands[0] if len(operands) == 1 else AllOf(tuple(operands))

    def negated(self) -> Filter:
        if self.accept("NOT", "!"):
            return NotFilter(self.negated())
        if self.accept("("):
            inner = self.any_of()
            if not self.accept(")"):
                raise QuerySyntaxError("expected `)`", self.text, self.place(), (")",))
            return inner
        return self.tag()

    def tag(self) -> Filter:
        word, at = self.peek(), self.place()
        if not word or word in "(),!":
            raise QuerySyntaxError("expected a tag", self.text, at, ("key:value",), "write key:value")
        self.index += 1
        if word == "*":
            return EVERYTHING
        if word.startswith("-"):
            return NotFilter(_tag(word[1:], at))
        if self.peek().upper() == "NOT" and self._following() == "IN":
            self.index += 2
            return NotFilter(self.values(word, at))
        if self.accept("IN"):
            return self.values(word, at)
        if word.startswith("$"):
            raise QuerySyntaxError(f"`{word}` is a template variable, which a monitor has not", self.text, at)
        return _tag(word, at)

    def _following(self) -> str:
        return self.words[self.index + 1][0].upper() if self.index + 1 < len(self.words) else ""

    def values(self, key: str, at: int) -> Filter:
        if not self.accept("("):
            raise QuerySyntaxError("expected `(` after IN", self.text, self.place(), ("(",))
        found: list[Filter] = []
        while not self.accept(")"):
            if not self.peek():
                raise QuerySyntaxError("expected `)`", self.text, self.place(), (")",))
            if not self.accept(","):
                found.append(_tag(f"{key}:{self.peek()}", at))
                self.index += 1
        return AnyOf(tuple(found))

    def end(self) -> None:
        if self.index < len(self.words):
            what = f"unexpected `{self.peek()}` in the scope"
            raise QuerySyntaxError(what, self.text, self.place(), (",", "AND", "OR"), "join tags by a comma")


def _tag(word: str, at: int) -> TagFilter:
    # Datadog lower-cases tags when they come in.
    key, _, value = word.lower().partition(":")
    return TagFilter(key, value, at)


def matches(scope: Filter, series: Series) -> bool:
    """Whether a series passes the filter."""
    match scope:
        case TagFilter(key=key, value=value):
            values = series.by_key.get(key, ())
            if "*" in value:
                pattern = _pattern(value)
                return any(pattern.match(each) for each in values)
            return value in values
        case NotFilter(operand=operand):
            return not matches(operand, series)
        case AllOf(operands=operands):
            return all(matches(operand, series) for operand in operands)
        case AnyOf(operands=operands):
            return any(matches(operand, series) for operand in operands)


@lru_cache(maxsize=4096)
def _pattern(value: str) -> re.Pattern[str]:
    """`*` is the only wildcard; `?` and brackets are letters like others."""
    return re.compile("".join(".*" if sign == "*" else re.escape(sign) for sign in value) + r"\Z")
