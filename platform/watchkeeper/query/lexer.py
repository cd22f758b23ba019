"""A query's text in pieces, each with its place; and the one error that a query can raise."""

import re
from typing import Final, Literal, NamedTuple

from watchkeeper.errors import visible

TokenKind = Literal["number", "word", "name", "string", "braces", "symbol", "end"]


class QuerySyntaxError(ValueError):
    """A query that cannot be read.

    message: what is wrong. line, column: where, from 1; at, end: the same as offsets. expected: what could stand there.
    fix: how to mend it.
    """

    def __init__(
        self, message: str, text: str, at: int, expected: tuple[str, ...] = (), fix: str = "", *, end: int = 0
    ) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.at = min(at, len(text))
        self.end = max(self.at, min(end, len(text)))
        self.line = text.count("\n", 0, self.at) + 1
        self.column = self.at - (text.rfind("\n", 0, self.at) + 1) + 1
        self.expected = expected
        self.fix = fix

    def __reduce__(self) -> tuple[type["QuerySyntaxError"], tuple[str, str, int, tuple[str, ...], str]]:
        return type(self), (self.message, self.text, self.at, self.expected, self.fix)

    @property
    def excerpt(self) -> str:
        """The line of the text with a caret under the place, two lines; a long line is cut around it."""
        line = visible(self.text.split("\n")[self.line - 1].rstrip("\r"))
        first = max(0, self.column - 61)
        shown = ("..." if first else "") + line[first : self.column + 58]
        indent = self.column - 1 - first + (3 if first else 0)
        width = max(1, min(self.end - self.at, len(shown) - indent))
        return f"{shown}\n{' ' * indent}{'^' * width}"


class Token(NamedTuple):
    """One piece; `text` without the quotes of a string and the braces of a scope. word: digits and letters, `5m`."""

    kind: TokenKind
    text: str
    at: int
    end: int


_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<name>\$?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)
    |(?P<symbol>>=|<=|==|!=|[-+*/(),:<>!=\[\]]|\.(?!\d))
    |(?P<braces>\{[^{}]*\})
    |(?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_0-9]))
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<word>\d[A-Za-z0-9_]*)
    |(?P<stray>\S)
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_FIXES: Final = {
    "'": "close the quotation",
    '"': "close the quotation",
    "{": "close it with `}`",
    "}": "open it with `{`",
    "\\": "take the backslash out",
    **dict.fromkeys("\u2018\u2019\u201a", "write a plain quotation mark: '"),
    **dict.fromkeys("\u201c\u201d\u201e", 'write a plain quotation mark: "'),
    **dict.fromkeys("\u2013\u2014\u2212", "write a plain minus: -"),
    "\u2265": "write >=",
    "\u2264": "write <=",
}


def tokens_of(text: str, start: int = 0, stop: int | None = None) -> list[Token]:
    """All pieces between two offsets, closed by one of kind `end`. Raises QuerySyntaxError at a sign no query has."""
    # Without the white space at its end: the pattern would look for a piece behind each of its signs anew.
    stop = start + len(text[start:stop].rstrip(" \t\r\n\f\v"))
    found: list[Token] = []
    for piece in _TOKEN.finditer(text, start, stop):
        kind = piece.lastgroup
        at, end = piece.span(kind)  # type: ignore[arg-type]  # every piece is of a kind
        if kind == "stray":
            sign = text[at]
            shown = f"`{sign}`" if sign.isprintable() else f"sign U+{ord(sign):04X}"
            fix = "write a plain space" if sign.isspace() else _FIXES.get(sign, "remove it")
            raise QuerySyntaxError(f"unexpected {shown}", text, at, fix=fix, end=end)
        inner = kind == "string" or kind == "braces"  # noqa: PLR1714 - twice as fast
        found.append(Token(kind, text[at + 1 : end - 1] if inner else text[at:end], at, end))  # type: ignore[arg-type]
    found.append(Token("end", "", stop, stop))
    return found
