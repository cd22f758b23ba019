"""Composite monitors: monitors joined by `&&`, `||`, `!`; each is a number or, where declared, `${monitor:api/p99}`."""

import re
from typing import Final

from watchkeeper.project.references import references_in
from watchkeeper.query.forms import Both, CompositeQuery, Condition, Either, Member, MemberId, NoneOf
from watchkeeper.query.lexer import QuerySyntaxError

MOST_MEMBERS: Final = 10
DEEPEST: Final = 40
_PIECE: Final = re.compile(
    r"\s*(?:(?P<id>\d+)|(?P<name>\$\{\w+:[^}\s]*\})|(?P<sign>&&|\|\||!|\(|\))|(?P<other>[A-Za-z_]\w*|\S))", re.ASCII
)


def parse_composite(text: str) -> CompositeQuery:
    """`1234 && !5678`. Raises QuerySyntaxError."""
    reader = _CompositeReader(text)
    condition = reader.either()
    reader.end()
    if reader.members > MOST_MEMBERS:
        fix = f"join at most {MOST_MEMBERS}"
        raise QuerySyntaxError(
            f"a composite of {reader.members} monitors is too large", text, 0, (), fix, end=len(text)
        )
    return CompositeQuery(condition, text)


class _CompositeReader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces = [(match[match.lastgroup or "other"], match.start(match.lastgroup or "other"), match.end())
                       for match in _PIECE.finditer(text, 0, len(text.rstrip()))]  # fmt: skip
        self.pieces.append(("", len(text), len(text)))
        self.index = 0
        self.depth = 0
        self.members = 0

    @property
    def last_end(self) -> int:
        return self.pieces[self.index - 1][2]

    def fail(self, message: str, expected: tuple[str, ...], fix: str) -> QuerySyntaxError:
        word, at, end = self.pieces[self.index]
        seen = f"`{word}`" if word else "the end"
        return QuerySyntaxError(f"{message}, found {seen}", self.text, at, expected, fix, end=end)

    def accept(self, sign: str) -> bool:
        if self.pieces[self.index][0] == sign:
            self.index += 1
            return True
        return False

    def either(self) -> Condition:
        left = self.both()
        while self.accept("||"):
            right = self.both()
            left = Either(left, right, left.at, right.end)
        return left

    def both(self) -> Condition:
        left = self.single()
        while self.accept("&&"):
            right = self.single()
            left = Both(left, right, left.at, right.end)
        return left

    def single(self) -> Condition:
        word, at, end = self.pieces[self.index]
        self.depth += 1
        if self.depth > DEEPEST or self.members > 10 * MOST_MEMBERS:
            raise self.fail("the composite is too deep", (), f"join at most {MOST_MEMBERS} monitors")
        found: Condition
        if self.accept("!"):
            operand = self.single()
            found = NoneOf(operand, at, operand.end)
        elif self.accept("("):
            found = self.either()
            if not self.accept(")"):
                raise self.fail("expected `)`", (")", "&&", "||"), "close the bracket")
        elif (monitor := _monitor(word)) is not None:
            self.index += 1
            self.members += 1
            found = Member(monitor, at, end)
        else:
            raise self.fail("expected the id of a monitor", ("monitor id", "!", "("), "write the number of a monitor")
        self.depth -= 1
        return found

    def end(self) -> None:
        word = self.pieces[self.index][0]
        if word:
            fix = {"&": "write &&", "|": "write ||", "and": "write &&", "or": "write ||"}.get(
                word.lower(), "join by && or ||"
            )
            raise self.fail("expected `&&` or `||` between monitors", ("&&", "||"), fix)


def _monitor(word: str) -> MemberId | None:
    if word.isdigit():
        return int(word[:18])
    reference = next(references_in(word), None)
    return reference.name if reference is not None and reference.kind == "monitor" else None
