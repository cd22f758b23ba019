"""The search text of logs, events, traces and the like: whether it can be read, which terms it asks for, and how.

Source: Datadog documentation, "Log Search Syntax" and "Event Search", read 2026-11.
"""

import re
from dataclasses import dataclass
from typing import Final

from watchkeeper.query.ast import AllOf, AnyOf, Filter, NotFilter, TagFilter
from watchkeeper.query.lexer import QuerySyntaxError

DEEPEST: Final = 40
_PIECE: Final = re.compile(
    r"""\s*(?:
     (?P<quoted>\\?"(?:[^"\\]|\\[^"])*\\?")
    |(?P<open>\()|(?P<close>\))
    |(?P<range>[\[{][^\]}\s]{0,200}\s+TO\s+[^\]}\s]{0,200}[\]}])
    |(?P<key>-?[@*]?[\w.@/*?$\\-]+(?:\[[^\]]*\])?:(?=\S))
    |(?P<word>(?:\\.|[^\s()"\\])+)
    |(?P<stray>\\?\S)
    )""",
    re.VERBOSE | re.DOTALL,
)
_JOINERS: Final = ("AND", "OR")


@dataclass(frozen=True, slots=True)
class Term:
    """`key:value`, or a bare word with an empty key. is_negated: behind a minus or NOT."""

    key: str
    value: str
    is_negated: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    text: str
    at: int
    end: int


def search_terms(text: str, start: int = 0, stop: int | None = None) -> tuple[Term, ...]:
    """The terms of a search between two offsets, in the order of the text. Raises QuerySyntaxError."""
    return tuple(_read(text, start, len(text) if stop is None else stop)[0].found)


def search_filter(text: str) -> Filter:
    """The search as a filter; a term without a key is a `TagFilter` with an empty one. Raises QuerySyntaxError."""
    return _read(text, 0, len(text))[1]


def _read(text: str, start: int, stop: int) -> "tuple[_SearchReader, Filter]":
    reader = _SearchReader(text, start, stop)
    found = reader.terms("", is_negated=False)
    if reader.piece.kind == "close":
        raise reader.fail("this bracket was never opened", "remove it")
    return reader, found


class _SearchReader:
    def __init__(self, text: str, start: int, stop: int) -> None:
        self.text = text
        self.pieces: list[_Piece] = []
        stop = start + len(text[start:stop].rstrip())
        for match in _PIECE.finditer(text, start, stop):
            kind = match.lastgroup or "word"
            self.pieces.append(_Piece(kind, match[kind], match.start(kind), match.end(kind)))
        self.pieces.append(_Piece("end", "", stop, stop))
        self.index = 0
        self.depth = 0
        self.found: list[Term] = []

    @property
    def piece(self) -> _Piece:
        return self.pieces[self.index]

    def fail(self, message: str, fix: str, *expected: str) -> QuerySyntaxError:
        piece = self.piece
        return QuerySyntaxError(f"{message} in the search", self.text, piece.at, expected, fix, end=piece.end)

    def terms(self, key: str, *, is_negated: bool) -> Filter:
        """Terms up to a closing bracket or the end; what stands side by side is joined by AND."""
        needs_term = False
        count = 0
        alternatives: list[list[Filter]] = [[]]
        while self.piece.kind not in ("end", "close"):
            word = self.piece.text
            if self.piece.kind == "word" and word in _JOINERS:
                if count == 0 or needs_term:
                    raise self.fail(f"nothing stands before `{word}`", f"take `{word}` out", "term")
                needs_term = True
                self.index += 1
                if word == "OR":
                    alternatives.append([])
                continue
            alternatives[-1] += self.term(key, is_negated=is_negated)
            needs_term = False
            count += 1
        if needs_term:
            raise self.fail("nothing stands after the last AND or OR", "add a term, or take it out", "term")
        if count == 0 and self.piece.kind == "close":
            raise self.fail("nothing stands between the brackets", "write a term", "term")
        joined = [AllOf(tuple(each)) for each in alternatives]
        return joined[0] if len(joined) == 1 else AnyOf(tuple(joined))

    def term(self, key: str, *, is_negated: bool) -> list[Filter]:
        """One term; none where a lone sign asks for nothing."""
        piece = self.piece
        if piece.kind == "stray":
            if piece.text.endswith('"'):
                raise self.fail("the quotation is never closed", "close it")
            self.index += 1
            return []
        if piece.kind == "open":
            return [self.group(key, is_negated=is_negated)]
        if piece.kind == "key":
            return self.valued(is_negated=is_negated)
        if piece.kind == "word" and piece.text in ("NOT", "-"):
            self.index += 1
            if self.piece.kind in ("end", "close") or self.piece.text in _JOINERS:
                raise self.fail(f"nothing stands after `{piece.text}`", "add a term, or take it out", "term")
            self.deeper()
            found = self.term(key, is_negated=not is_negated)
            self.depth -= 1
            return [NotFilter(each) for each in found]
        self.index += 1
        word = piece.text.replace('\\"', '"')
        negated = word.startswith("-") and not key
        value = word[1:] if negated else word
        return [self.leaf(key, value.strip('"'), is_negated=is_negated, is_negative=negated)]

    def leaf(self, key: str, value: str, *, is_negated: bool, is_negative: bool) -> Filter:
        """is_negated: by what stands around it. is_negative: by its own minus."""
        self.found.append(Term(key, value, is_negated or is_negative))
        found = TagFilter(key, value)
        return NotFilter(found) if is_negative else found

    def valued(self, *, is_negated: bool) -> list[Filter]:
        """`key:value`, `-key:(one OR other)`; colons in the value belong to it."""
        name = self.piece.text[:-1]
        self.index += 1
        is_negative = name.startswith("-")
        name = name.lstrip("-")
        first = self.index
        while self.piece.kind == "key":
            self.index += 1
        if self.index == first or self.piece.kind != "word":
            found = self.term(name, is_negated=is_negated or is_negative)
            return [NotFilter(each) for each in found] if is_negative else found
        value = self.text[self.pieces[first].at : self.piece.end]
        self.index += 1
        return [self.leaf(name, value, is_negated=is_negated, is_negative=is_negative)]

    def group(self, key: str, *, is_negated: bool) -> Filter:
        """What stands in brackets."""
        opening = self.index
        self.index += 1
        self.deeper()
        found = self.terms(key, is_negated=is_negated)
        self.depth -= 1
        if self.piece.kind != "close":
            self.index = opening
            raise self.fail("this bracket is never closed", "close it", ")")
        self.index += 1
        return found

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail("the brackets are too deep", f"use at most {DEEPEST} within each other")
