"""What stands in braces: the filter of a metric, and the keys it is grouped by."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from watchkeeper.query.ast import AllOf, AnyOf, Filter, InFilter, NotFilter, TagFilter, VariableFilter
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.series import Series

DEEPEST: Final = 40
"""Brackets and negations within each other."""
_WORD: Final = re.compile(r"\s*(?:(?P<symbol>[(),!])|(?P<word>[^\s(),!]+))")
_VARIABLE: Final = re.compile(r"\$([A-Za-z_][A-Za-z0-9_.-]*)")
_KEYWORDS: Final = frozenset({"AND", "OR", "NOT", "IN"})


class _Piece(NamedTuple):
    text: str
    upper: str
    at: int
    end: int


def parse_scope(text: str, span: tuple[int, int]) -> Filter:
    """The filter between two offsets of a query. Raises QuerySyntaxError."""
    reader = _ScopeReader(text, span)
    if len(reader.pieces) == 1 and not reader.pieces[0].text:
        return AllOf((), (), *span)
    found = reader.any_of()
    reader.end()
    return found


def parse_group(text: str, span: tuple[int, int]) -> tuple[tuple[str, int], ...]:
    """The keys of `by {a,b}` in the order they are written, each with its place. Raises QuerySyntaxError."""
    found = []
    at = span[0]
    for written in text[slice(*span)].split(","):
        key = written.strip()
        place = at + len(written) - len(written.lstrip())
        if not key:
            raise QuerySyntaxError(
                "a key is missing in the group", text, place, ("key",), "write by {host}, or nothing"
            )
        if any(sign in key for sign in " \t\r\n()!"):
            fix = "separate keys by commas, without signs"
            raise QuerySyntaxError(f"`{key}` is no key", text, place, ("key",), fix, end=place + len(key))
        found.append((key if "$" in key else key.lower(), place))
        at += len(written) + 1
    return tuple(found)


class _ScopeReader:
    def __init__(self, text: str, span: tuple[int, int]) -> None:
        self.text = text
        self.pieces: list[_Piece] = []
        stop = span[0] + len(text[slice(*span)].rstrip())
        for match in _WORD.finditer(text, span[0], stop):
            group = match.lastgroup or "word"
            word = match[group]
            self.pieces.append(_Piece(word, word.upper(), match.start(group), match.end(group)))
        self.pieces.append(_Piece("", "", span[1], span[1]))
        self.index = 0
        self.depth = 0

    @property
    def piece(self) -> _Piece:
        return self.pieces[self.index]

    @property
    def last_end(self) -> int:
        return self.pieces[self.index - 1].end

    def take(self) -> _Piece:
        piece = self.pieces[self.index]
        self.index += 1
        return piece

    def fail(self, message: str, expected: tuple[str, ...], fix: str) -> QuerySyntaxError:
        piece = self.pieces[min(self.index, len(self.pieces) - 1)]
        seen = f"`{piece.text}`" if piece.text else "the end of the scope"
        return QuerySyntaxError(f"{message}, found {seen}", self.text, piece.at, expected, fix, end=piece.end)

    def any_of(self) -> Filter:
        first = self.piece.at
        operands = [self.all_of()]
        while self.piece.upper == "OR":
            self.index += 1
            operands.append(self.all_of())
        return operands[0] if len(operands) == 1 else AnyOf(tuple(operands), first, self.last_end)

    def all_of(self) -> Filter:
        first = self.piece.at
        operands = [self.negated()]
        signs = []
        while self.piece.upper == "AND" or self.piece.text == ",":
            signs.append(self.take().upper)
            operands.append(self.negated())
        return operands[0] if len(operands) == 1 else AllOf(tuple(operands), tuple(signs), first, self.last_end)

    def negated(self) -> Filter:
        piece = self.piece
        if piece.text == "!" or piece.upper == "NOT":
            self.index += 1
            operand = self.deeper(self.negated)
            return NotFilter(operand, "!" if piece.text == "!" else "NOT", piece.at, self.last_end)
        if piece.text == "(":
            self.index += 1
            inner = self.deeper(self.any_of)
            if self.piece.text != ")":
                raise self.fail("expected `)`", (")", "AND", "OR", ","), "close the bracket")
            self.index += 1
            return inner
        return self.tag()

    def deeper(self, rule: Callable[[], Filter]) -> Filter:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail("the filter is too deep", (), f"use at most {DEEPEST} brackets within each other")
        found = rule()
        self.depth -= 1
        return found

    def tag(self) -> Filter:
        piece = self.piece
        if not piece.text or piece.text in "(),!" or piece.upper in _KEYWORDS:
            raise self.fail("expected a tag", ("key:value", "$variable", "*", "!", "("), "write key:value")
        self.index += 1
        if piece.text == "*":
            return AllOf((), (), piece.at, piece.end)
        if piece.text.startswith("-"):
            if len(piece.text) == 1:
                self.index -= 1
                raise self.fail("expected a tag right after `-`", ("key:value",), "write -key:value")
            return NotFilter(self.simple(piece.text[1:], piece.at + 1), "-", piece.at, piece.end)
        if self.piece.upper == "NOT" and self.pieces[self.index + 1].upper == "IN":
            self.index += 2
            return NotFilter(self.values(piece), "NOT", piece.at, self.last_end)
        if self.piece.upper == "IN":
            self.index += 1
            return self.values(piece)
        return self.simple(piece.text, piece.at)

    def simple(self, word: str, at: int) -> Filter:
        """One tag. Datadog lower-cases tags when they come in."""
        end = at + len(word)
        if word.startswith("$"):
            match = _VARIABLE.fullmatch(word)
            if match is None:
                raise QuerySyntaxError(f"`{word}` is no variable", self.text, at, ("$name",), "write $name", end=end)
            return VariableFilter(match[1], at, end)
        key, colon, value = word.partition(":")
        if not key or (colon and not value):
            missing = "value" if key else "key"
            raise QuerySyntaxError(
                f"the {missing} of `{word}` is missing", self.text, at, ("key:value",), "write key:value", end=end
            )
        return TagFilter(key.lower(), value if "$" in value else value.lower(), at, end)

    def values(self, key: _Piece) -> InFilter:
        if self.piece.text != "(":
            raise self.fail("expected `(` after IN", ("(",), f"write {key.text} IN (a,b)")
        self.index += 1
        found: list[str] = []
        while self.piece.text != ")":
            if found and self.piece.text != ",":
                raise self.fail("expected `,` or `)`", (",", ")"), "separate the values by commas")
            if found:
                self.index += 1
            if not self.piece.text or self.piece.text in "(),!":
                raise self.fail("expected a value", ("value",), f"write {key.text} IN (a,b)")
            value = self.take().text
            found.append(value if "$" in value else value.lower())
        if not found:
            raise self.fail("expected a value", ("value",), f"write {key.text} IN (a,b)")
        self.index += 1
        return InFilter(key.text.lower(), tuple(found), key.at, self.last_end)

    def end(self) -> None:
        if self.index < len(self.pieces) - 1:
            raise self.fail("expected `,`, AND or OR between tags", (",", "AND", "OR"), "join tags by a comma")


def matches(scope: Filter, series: Series) -> bool:
    """Whether a series passes the filter; a template variable lets everything through."""
    match scope:
        case TagFilter(key=key, value=value):
            return _has(series, key, value)
        case InFilter(key=key, values=values):
            return any(_has(series, key, value) for value in values)
        case NotFilter(operand=operand):
            return not matches(operand, series)
        case AllOf(operands=operands):
            return all(matches(operand, series) for operand in operands)
        case AnyOf(operands=operands):
            return any(matches(operand, series) for operand in operands)
        case VariableFilter():
            return True


def _has(series: Series, key: str, value: str) -> bool:
    values = series.by_key.get(key, ())
    if "*" in value:
        pattern = _pattern(value)
        return any(pattern.match(each) for each in values)
    return value in values


@lru_cache(maxsize=4096)
def _pattern(value: str) -> re.Pattern[str]:
    """`*` is the only wildcard; `?` and brackets are letters like others."""
    return re.compile("".join(".*" if sign == "*" else re.escape(sign) for sign in value) + r"\Z")
