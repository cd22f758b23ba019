"""A query's text in pieces, each with its place; and the one error that a query can raise."""

import re
from dataclasses import dataclass
from typing import Final, Literal

TokenKind = Literal["number", "name", "string", "braces", "symbol", "end"]


class QuerySyntaxError(ValueError):
    """A query that cannot be read.

    message: what is wrong. line, column: where, from 1. expected: what could stand there. fix: how to mend it.
    """

    def __init__(self, message: str, text: str, at: int, expected: tuple[str, ...] = (), fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.at = min(at, len(text))
        self.line = text.count("\n", 0, self.at) + 1
        self.column = self.at - (text.rfind("\n", 0, self.at) + 1) + 1
        self.expected = expected
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Token:
    """One piece; `text` without the quotes of a string and the braces of a scope."""

    kind: TokenKind
    text: str
    at: int
    end: int


_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_0-9]))
    |(?P<name>[A-Za-z_@][A-Za-z0-9_.@-]*(?<![-.]))
    |(?P<string>'[^']*'|"[^"]*")
    |(?P<braces>\{[^{}]*\})
    |(?P<symbol>>=|<=|==|!=|[-+*/(),:.<>!=])""",
    re.VERBOSE,
)
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(?<!\.)")


def tokens_of(text: str) -> list[Token]:
    """All pieces, closed by one of kind `end`. Raises QuerySyntaxError at a sign that no query has."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            fixes = {"'": "close the quotation", '"': "close the quotation", "{": "close it with `}`"}
            fix = fixes.get(text[at], "remove it")
            raise QuerySyntaxError(f"unexpected `{text[at]}`", text, at, fix=fix)
        kind = match.lastgroup or "space"
        if kind == "name":
            # Outside of a scope a name ends before `-`, which is the operator there.
            match = _NAME.match(text, at) or match
        if kind != "space":
            piece = match[0][1:-1] if kind in ("string", "braces") else match[0]
            found.append(Token(kind, piece, at, match.end()))  # type: ignore[arg-type]
        at = match.end()
    found.append(Token("end", "", len(text), len(text)))
    return found
