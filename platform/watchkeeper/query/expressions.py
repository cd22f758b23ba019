"""Expressions, text to values: metrics, functions, arithmetic. One method for each rule of the grammar."""

import re
from collections.abc import Callable
from typing import Final, cast

from watchkeeper.query.ast import (
    Argument,
    Binary,
    Call,
    Expression,
    Filter,
    Items,
    Keys,
    Keyword,
    Method,
    Metric,
    Modified,
    Negative,
    Number,
    Operator,
    Text,
    Variable,
    Word,
)
from watchkeeper.query.functions import FUNCTIONS, METHODS, SPACE_AGGREGATORS
from watchkeeper.query.lexer import Token
from watchkeeper.query.reader import TokenReader
from watchkeeper.query.scope import parse_group, parse_scope
from watchkeeper.query.signatures import check_call, check_method

DEEPEST: Final = 40
"""Brackets within brackets; no query that a person wrote comes near it."""
MOST_OPERATIONS: Final = 200
"""Operators and brackets in one query."""
_PERCENTILE: Final = re.compile(r"p\d{1,2}(?:\.\d{1,3})?")
_BOUNDS: Final = re.compile(r"v\s*:\s*v\s*(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?)\s*")


def is_space_aggregator(word: str) -> bool:
    """`avg`, `sum`, `min`, `max`, `count`, or a percentile such as `p95`."""
    return word in SPACE_AGGREGATORS or _PERCENTILE.fullmatch(word) is not None


class ExpressionReader(TokenReader):
    """is_formula: whether bare names are the names of other queries."""

    def __init__(self, text: str, start: int = 0, stop: int | None = None, *, is_formula: bool = False) -> None:
        super().__init__(text, start, stop)
        self.is_formula = is_formula
        self.depth = 0
        self.operations = 0

    def expression(self) -> Expression:
        """Sums of products."""
        left = self.product()
        while self.at_symbol("+") or self.at_symbol("-"):
            left = self.binary(left, self.take(), self.product())
        return left

    def product(self) -> Expression:
        """Products of signed parts."""
        left = self.signed()
        while self.at_symbol("*") or self.at_symbol("/"):
            left = self.binary(left, self.take(), self.signed())
        return left

    def binary(self, left: Expression, operator: Token, right: Expression) -> Binary:
        """Two parts joined."""
        self.count_operation(operator)
        return Binary(cast("Operator", operator.text), left, right, operator.at, left.at, self.last_end)

    def count_operation(self, token: Token) -> None:
        """Keeps a query within what the machine's stack holds."""
        self.operations += 1
        if self.operations > MOST_OPERATIONS or self.depth > DEEPEST:
            fix = f"use at most {MOST_OPERATIONS} operations and {DEEPEST} brackets within each other"
            raise self.fail("the query is too deep", fix=fix, token=token)

    def signed(self) -> Expression:
        """A part with its signs; a plus changes nothing and is not kept."""
        sign = self.token
        if self.accept("-"):
            if self.token.kind == "number":
                number = self.number()
                return self.modified(Number(-number.value, sign.at, number.end))
            self.count_operation(sign)
            operand = self.nested(self.signed)
            return Negative(operand, sign.at, self.last_end)
        if self.accept("+"):
            self.count_operation(sign)
            return self.nested(self.signed)
        return self.modified(self.primary())

    def nested(self, rule: Callable[[], Expression]) -> Expression:
        """A rule one level deeper."""
        self.depth += 1
        found = rule()
        self.depth -= 1
        return found

    def modified(self, operand: Expression) -> Expression:
        """What stands here, with the methods behind it."""
        if not self.at_symbol("."):
            return operand
        methods = self.methods()
        return Modified(operand, methods, operand.at, self.last_end)

    def primary(self) -> Expression:
        """A number, a bracket, a function, a metric, or in a formula the name of a query."""
        token = self.token
        if token.kind == "number":
            return self.number()
        if self.accept("("):
            self.count_operation(token)
            inner = self.nested(self.expression)
            self.expect(")", "to close the bracket")
            return inner
        if token.kind != "name":
            expected = ("query name" if self.is_formula else "metric", "function", "number", "(")
            wanted = "a metric, a function, a number or a bracket"
            raise self.fail(f"expected {wanted}, found {self.seen()}", *expected, fix="write avg:metric.name{*}")
        after = self.following
        if after.kind == "symbol" and after.text == "(":
            return self.metric() if self.has_bounds() else self.call()
        if self.is_formula and after.kind != "braces" and not (after.kind == "symbol" and after.text == ":"):
            return self.variable()
        return self.metric()

    def number(self) -> Number:
        """A literal."""
        token = self.take()
        value = float(token.text)
        if value == float("inf"):
            raise self.fail(f"{self.seen(token)} is too large", fix="write a number below 1e308", token=token)
        return Number(value, token.at, token.end)

    def variable(self) -> Expression:
        """The name of a query, with a method that the lexer took for a part of the name."""
        token = self.take()
        name, dot, _ = token.text.partition(".")
        if dot:
            raise self.fail(f"`{token.text}` is not the name of a query", fix=f"write {name}", token=token)
        return Variable(name, token.at, token.end)

    def has_bounds(self) -> bool:
        """Whether `(v: ...)` follows, the bounds of a distribution's values, and no function's bracket."""
        if not is_space_aggregator(self.token.text) or self.index + 3 >= len(self.tokens):
            return False
        first, second = self.tokens[self.index + 2 : self.index + 4]
        return first.text == "v" and second.text == ":"

    def call(self) -> Expression:
        """A function; `query1.rollup(...)`, whose dot the lexer took for a part of the name."""
        name = self.take()
        head, dot, method = name.text.rpartition(".")
        if dot and method in METHODS and self.is_formula:
            self.index -= 1
            split = len(name.text) - len(method)
            at = name.at + split
            self.tokens[self.index : self.index + 1] = [
                Token("name", head, name.at, at - 1),
                Token("symbol", ".", at - 1, at),
                Token("name", method, at, name.end),
            ]
            return self.modified(self.variable())
        if name.text not in FUNCTIONS:
            raise self.unknown(
                "function", name, FUNCTIONS, "see the list of functions in docs/reference/functions/README.md"
            )
        self.expect("(", "after the function's name")
        self.count_operation(name)
        operand = self.nested(self.expression)
        arguments = self.arguments(name, is_method=False)
        call = Call(name.text, operand, arguments, name.at, self.last_end)
        check_call(self.text, call)
        return call

    def arguments(self, owner: Token, *, is_method: bool) -> tuple[Argument, ...]:
        """What is left of an argument list, its closing bracket included."""
        found: list[Argument] = []
        while not self.accept(")"):
            if (found or not is_method) and not self.accept(","):
                raise self.fail(f"expected `,` or `)` in {owner.text}(...), found {self.seen()}", ",", ")")
            found.append(self.argument(owner))
        return tuple(found)

    def argument(self, owner: Token) -> Argument:
        """One argument of a function or method."""
        token, after = self.token, self.following
        if token.kind == "string":
            self.take()
            return Text(token.text, token.at, token.end)
        if token.kind == "braces":
            self.take()
            keys = parse_group(self.text, (token.at + 1, token.end - 1))
            return Keys(tuple(key for key, _ in keys), tuple(at for _, at in keys), token.at, token.end)
        if token.kind == "word":
            self.take()
            return Word(token.text.lower(), token.at, token.end)
        if self.accept("["):
            return self.items(owner, token)
        if token.kind == "name" and after.kind == "symbol" and after.text == "=":
            self.count_operation(after)
            self.index += 2
            if self.following.kind == "symbol" and self.following.text == "=":
                raise self.fail(f"expected the value of {token.text}, found {self.seen()}", "value")
            value = self.argument(owner)
            return Keyword(token.text.lower(), value, token.at, value.end)
        if token.kind == "name" and after.kind == "symbol" and after.text in ",)]":
            return self.bare_word(owner)
        return self.nested(self.expression)

    def bare_word(self, owner: Token) -> Argument:
        """A name alone: in a formula the query that a function of several queries takes, a word elsewhere."""
        token = self.token
        function = FUNCTIONS.get(owner.text)
        if self.is_formula and function is not None and function.takes_queries:
            return self.variable()
        self.take()
        return Word(token.text if token.text.startswith("$") else token.text.lower(), token.at, token.end)

    def items(self, owner: Token, opening: Token) -> Items:
        """`[a, b]`, after its opening bracket."""
        self.count_operation(opening)
        found: list[Argument] = []
        while not self.accept("]"):
            if found and not self.accept(","):
                raise self.fail(f"expected `,` or `]`, found {self.seen()}", ",", "]")
            self.depth += 1
            found.append(self.argument(owner))
            self.depth -= 1
        return Items(tuple(found), opening.at, self.last_end)

    def metric(self) -> Metric:
        """`avg:name{scope} by {keys}.method()`, the aggregator and the groups being optional."""
        first = self.take()
        aggregator, bounds, name = "avg", "", first
        if self.at_symbol("("):
            bounds = self.bounds()
        has_aggregator = self.accept(":")
        if has_aggregator:
            if not is_space_aggregator(first.text):
                raise self.unknown("aggregator", first, SPACE_AGGREGATORS, f"use one of {', '.join(SPACE_AGGREGATORS)}")
            aggregator, name = first.text, self.take()
            if name.kind != "name" or name.text.startswith("$"):
                fix = "write avg:metric.name{*}"
                raise self.fail(
                    f"expected the name of a metric, found {self.seen(name)}", "metric", fix=fix, token=name
                )
        if self.token.kind != "braces":
            raise self.fail(f"expected a scope after `{name.text}`, found {self.seen()}", "{", fix="write {*} for all")
        scope = self.scope()
        keys: tuple[tuple[str, int], ...] = ()
        if self.at_word("by"):
            self.take()
            keys = self.group()
        methods = self.methods() if self.at_symbol(".") else ()
        by, by_at = tuple(key for key, _ in keys), tuple(at for _, at in keys)
        return Metric(
            aggregator, name.text, scope, by, methods, bounds, has_aggregator, name.at, by_at, first.at, self.last_end
        )

    def bounds(self) -> str:
        """`v: v>=10`, which keeps some of a distribution's values, in one spelling."""
        opening = self.take()
        match = _BOUNDS.match(self.text, opening.end)
        while not self.at_symbol(")") and self.token.kind != "end":
            self.take()
        if match is None or match.end() != self.token.at:
            fix = "write count(v: v>=10):metric.name{*}"
            raise self.fail("the bounds of the values cannot be read", "v: v>=<number>", fix=fix, token=opening)
        self.expect(")", "after the bounds of the values")
        return f"v: v{match[1]}{match[2]}"

    def scope(self) -> Filter:
        """A metric's filter."""
        token = self.take()
        return parse_scope(self.text, (token.at + 1, token.end - 1))

    def group(self) -> tuple[tuple[str, int], ...]:
        """The keys after `by`, each with its place."""
        token = self.take()
        if token.kind != "braces":
            fix = "write by {host}"
            raise self.fail(f"expected keys in braces after `by`, found {self.seen(token)}", "{", fix=fix, token=token)
        return parse_group(self.text, (token.at + 1, token.end - 1))

    def methods(self) -> tuple[Method, ...]:
        """A chain of methods."""
        found = []
        while self.accept("."):
            name = self.take()
            if name.kind != "name" or name.text not in METHODS:
                raise self.unknown("method", name, METHODS, f"use one of {', '.join(METHODS)}")
            self.expect("(", f"after .{name.text}")
            self.depth += 1
            self.count_operation(name)
            arguments = self.arguments(name, is_method=True)
            self.depth -= 1
            method = Method(name.text, arguments, name.at, self.last_end)
            check_method(self.text, method)
            found.append(method)
        return tuple(found)


def parse_expression(text: str, *, is_formula: bool = False) -> Expression:
    """One query or formula as it stands in a graph. Raises QuerySyntaxError."""
    reader = ExpressionReader(text, is_formula=is_formula)
    found = reader.expression()
    if reader.at_symbol(","):
        raise reader.fail("unexpected `,`: the query ends here", "operator", "the end", fix="split it in two queries")
    reader.expect_end("the query ends here")
    return found


def parse_query_list(text: str) -> tuple[Expression, ...]:
    """The queries of a widget's `q`, joined by commas. Raises QuerySyntaxError."""
    reader = ExpressionReader(text)
    found = [reader.expression()]
    while reader.accept(","):
        found.append(reader.expression())
    reader.expect_end("the query ends here")
    return tuple(found)
