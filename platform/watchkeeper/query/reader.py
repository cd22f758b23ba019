"""A place in a list of tokens, and the small steps that every rule of the grammar is made of."""

from collections.abc import Iterable
from typing import Final

from watchkeeper.errors import did_you_mean
from watchkeeper.query.lexer import QuerySyntaxError, Token, tokens_of

_LONGEST_NAME: Final = 80
"""Longer words are not compared with the known ones: that takes quadratic time."""


class TokenReader:
    """Reads the tokens of a text between two offsets, from left to right."""

    def __init__(self, text: str, start: int = 0, stop: int | None = None) -> None:
        self.text = text
        self.tokens = tokens_of(text, start, stop)
        self.index = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.index]

    @property
    def following(self) -> Token:
        """The one after the next."""
        return self.tokens[min(self.index + 1, len(self.tokens) - 1)]

    @property
    def last_end(self) -> int:
        """Where the token that was taken last is over."""
        return self.tokens[self.index - 1].end if self.index else self.token.at

    def fail(self, message: str, *expected: str, fix: str = "", token: Token | None = None) -> QuerySyntaxError:
        """An error at a token, the next one unless another is given."""
        place = token or self.token
        return QuerySyntaxError(message, self.text, place.at, expected, fix, end=place.end)

    def unknown(self, what: str, token: Token, known: Iterable[str], fix: str = "") -> QuerySyntaxError:
        """An error for a name that is none of the known ones: it proposes the nearest."""
        names = tuple(sorted(known))
        nearest = did_you_mean(token.text, names) if len(token.text) <= _LONGEST_NAME else ""
        return self.fail(f"unknown {what} `{token.text}`", *names, fix=nearest or fix, token=token)

    def seen(self, token: Token | None = None) -> str:
        """How a message names a token."""
        place = token or self.token
        return f"`{self.text[place.at : place.end]}`" if place.kind != "end" else "the end"

    def take(self) -> Token:
        """The next token, which is done with; the end is never passed."""
        token = self.tokens[self.index]
        self.index += token.kind != "end"
        return token

    def at_symbol(self, symbol: str) -> bool:
        """Whether the next token is this sign."""
        token = self.tokens[self.index]
        return token.kind == "symbol" and token.text == symbol

    def at_word(self, word: str) -> bool:
        """Whether the next token is this word, in whatever case."""
        token = self.tokens[self.index]
        return token.kind == "name" and token.text.lower() == word

    def accept(self, symbol: str) -> bool:
        """Take a sign if it comes next."""
        if self.at_symbol(symbol):
            self.index += 1
            return True
        return False

    def expect(self, symbol: str, why: str) -> None:
        """Take a sign that must come next."""
        if not self.accept(symbol):
            raise self.fail(f"expected `{symbol}` {why}, found {self.seen()}", symbol, fix=f"write `{symbol}` here")

    def expect_end(self, why: str) -> None:
        """Nothing may follow."""
        if self.token.kind != "end":
            raise self.fail(f"unexpected {self.seen()}: {why}", "the end", fix="remove it")
