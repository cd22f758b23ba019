"""Metric queries and metric monitors, text to values.

A hand-written recursive descent: one function for each rule of the grammar in Datadog's documentation.
Narrow on purpose: what is parsed can be evaluated; other monitor types and functions are named in the error.
"""

import re
from typing import Final, cast, get_args

from watchkeeper.errors import did_you_mean
from watchkeeper.query.ast import (
    Binary,
    Call,
    Comparator,
    Expression,
    Method,
    Metric,
    MonitorQuery,
    Negative,
    Number,
    Operator,
    SpaceAggregator,
    TimeAggregator,
    group_keys,
    metrics_of,
)
from watchkeeper.query.functions import FUNCTIONS
from watchkeeper.query.lexer import QuerySyntaxError, Token, tokens_of
from watchkeeper.query.scope import parse_group, parse_scope

METHODS: Final = ("as_count", "as_rate", "fill", "rollup")
_AGGREGATORS: Final = get_args(SpaceAggregator)
_UNITS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "mo": 30 * 86_400}
_WINDOW: Final = re.compile(r"last_(\d+)(mo|[mhdw])")
LONGEST_WINDOW_S: Final = 730 * 3600
METRIC_TYPES: Final = ("query alert", "metric alert")


def parse_monitor_query(text: str, monitor_type: str = "query alert") -> MonitorQuery:
    """The query of a metric monitor, such as `avg(last_5m):avg:system.load.1{*} > 4`. Raises QuerySyntaxError."""
    if monitor_type not in METRIC_TYPES:
        fix = f"use one of {', '.join(METRIC_TYPES)}"
        raise QuerySyntaxError(f"queries of type `{monitor_type}` are not read yet", text, 0, fix=fix)
    reader = _Reader(text)
    aggregator, window_s = reader.window()
    expression = reader.expression()
    comparator = reader.comparator()
    threshold = reader.threshold()
    reader.end("the threshold is the last thing in a monitor's query")
    _check_groups(expression, text)
    return MonitorQuery(aggregator, window_s, expression, comparator, threshold, text)


def parse_metric_query(text: str) -> Expression:
    """A metric query as it stands in a graph, such as `sum:requests{env:prod}.as_count()`. Raises QuerySyntaxError."""
    reader = _Reader(text)
    expression = reader.expression()
    reader.end("the query ends here")
    _check_groups(expression, text)
    return expression


def _check_groups(expression: Expression, text: str) -> None:
    keys = group_keys(expression)
    for metric in metrics_of(expression):
        if metric.by and set(metric.by) != set(keys):
            what = f"grouped by {', '.join(metric.by)} here, by {', '.join(keys)} before"
            raise QuerySyntaxError(what, text, metric.at, fix="group both sides by the same keys, or one side by none")


class _Reader:
    """A place in the list of tokens, and one method for each rule."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.index = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def fail(self, message: str, *expected: str, fix: str = "", at: int | None = None) -> QuerySyntaxError:
        return QuerySyntaxError(message, self.text, self.token.at if at is None else at, expected, fix)

    def seen(self) -> str:
        return f"`{self.token.text}`" if self.token.kind != "end" else "the end"

    def take(self) -> Token:
        token = self.token
        self.index += token.kind != "end"
        return token

    def accept(self, symbol: str) -> bool:
        if self.token.kind == "symbol" and self.token.text == symbol:
            self.index += 1
            return True
        return False

    def expect(self, symbol: str, why: str) -> None:
        if not self.accept(symbol):
            raise self.fail(f"expected `{symbol}` {why}, found {self.seen()}", symbol)

    def end(self, why: str) -> None:
        if self.token.kind != "end":
            raise self.fail(f"unexpected {self.seen()}: {why}")

    def window(self) -> tuple[TimeAggregator, int]:
        token = self.take()
        known = get_args(TimeAggregator)
        if token.kind != "name" or token.text not in known:
            fix = did_you_mean(token.text, known) or "begin with avg(last_5m):"
            raise self.fail(
                f"a monitor's query begins with {', '.join(known)}, not `{token.text}`", *known, fix=fix, at=token.at
            )
        self.expect("(", "before the window")
        window = self.take()
        match = _WINDOW.fullmatch(window.text)
        if match is None:
            fix = "write last_5m, last_1h or last_1d"
            raise self.fail(f"`{window.text}` is not a window", "last_<n>m|h|d|w|mo", fix=fix, at=window.at)
        seconds = int(match[1]) * _UNITS[match[2]]
        if not 60 <= seconds <= LONGEST_WINDOW_S:  # noqa: PLR2004 - one minute
            raise self.fail(
                f"a window of {match[1]}{match[2]} is not allowed", fix="between last_1m and last_1mo", at=window.at
            )
        self.expect(")", "after the window")
        self.expect(":", "after the window")
        return cast("TimeAggregator", token.text), seconds

    def comparator(self) -> Comparator:
        token = self.take()
        known = get_args(Comparator)
        if token.text not in known or token.kind != "symbol":
            raise self.fail(f"expected a comparison, found `{token.text}`", *known, fix="end with > 0.05", at=token.at)
        return cast("Comparator", token.text)

    def threshold(self) -> float:
        sign = -1.0 if self.accept("-") else 1.0
        token = self.take()
        if token.kind != "number":
            raise self.fail("the threshold must be a number", "number", fix="end with > 0.05", at=token.at)
        return sign * float(token.text)

    def expression(self) -> Expression:
        left = self.product()
        while self.token.kind == "symbol" and self.token.text in "+-":
            operator = self.take()
            left = Binary(cast("Operator", operator.text), left, self.product(), operator.at)
        return left

    def product(self) -> Expression:
        left = self.signed()
        while self.token.kind == "symbol" and self.token.text in "*/":
            operator = self.take()
            left = Binary(cast("Operator", operator.text), left, self.signed(), operator.at)
        return left

    def signed(self) -> Expression:
        at = self.token.at
        if self.accept("-"):
            return Negative(self.signed(), at)
        if self.accept("+"):
            return self.signed()
        return self.primary()

    def primary(self) -> Expression:
        token = self.token
        if token.kind == "number":
            self.take()
            return Number(float(token.text), token.at)
        if self.accept("("):
            inner = self.expression()
            self.expect(")", "to close the bracket")
            return inner
        if token.kind != "name":
            raise self.fail(f"expected a metric, a number or a bracket, found {self.seen()}", "metric", "number", "(")
        following = self.tokens[self.index + 1]
        if following.kind == "symbol" and following.text == "(":
            return self.call()
        return self.metric()

    def call(self) -> Expression:
        name = self.take()
        if name.text not in FUNCTIONS:
            fix = did_you_mean(name.text, FUNCTIONS) or f"known: {', '.join(sorted(FUNCTIONS))}"
            raise self.fail(f"unknown function `{name.text}`", *sorted(FUNCTIONS), fix=fix, at=name.at)
        self.expect("(", "after the function's name")
        operand = self.expression()
        arguments = []
        while self.accept(","):
            sign = "-" if self.accept("-") else ""
            arguments.append(sign + self.take().text)
        self.expect(")", f"to close {name.text}(")
        if len(arguments) != FUNCTIONS[name.text].arguments:
            what = (
                f"`{name.text}` takes {FUNCTIONS[name.text].arguments} arguments after the query, not {len(arguments)}"
            )
            raise self.fail(what, at=name.at)
        return Call(name.text, operand, tuple(arguments), name.at)

    def metric(self) -> Metric:
        first = self.take()
        aggregator = "avg"
        name = first
        if self.accept(":"):
            if first.text not in _AGGREGATORS:
                fix = did_you_mean(first.text, _AGGREGATORS) or f"use one of {', '.join(_AGGREGATORS)}"
                raise self.fail(f"unknown aggregator `{first.text}`", *_AGGREGATORS, fix=fix, at=first.at)
            aggregator = first.text
            name = self.take()
            if name.kind != "name":
                raise self.fail("expected the name of a metric", "metric", at=name.at)
        if self.token.kind != "braces":
            raise self.fail(f"expected a scope after `{name.text}`, found {self.seen()}", "{", fix="write {*} for all")
        scope = parse_scope(self.text, self._braces())
        by: tuple[str, ...] = ()
        if self.tokens[self.index].kind == "name" and self.token.text.lower() == "by":
            self.take()
            by = parse_group(self.text, self._braces())
        methods = []
        while self.accept("."):
            methods.append(self.method())
        return Metric(cast("SpaceAggregator", aggregator), name.text, scope, by, tuple(methods), first.at)

    def _braces(self) -> tuple[int, int]:
        """What stands in braces, as offsets: tags have a grammar of their own."""
        token = self.take()
        if token.kind != "braces":
            raise self.fail(f"expected tags in braces, found `{token.text}`", "{", at=token.at)
        return token.at + 1, token.end - 1

    def method(self) -> Method:
        token = self.take()
        if token.text not in METHODS:
            fix = did_you_mean(token.text, METHODS) or f"known: {', '.join(METHODS)}"
            raise self.fail(f"unknown method `.{token.text}()`", *METHODS, fix=fix, at=token.at)
        self.expect("(", f"after .{token.text}")
        arguments: list[str] = []
        while not self.accept(")"):
            piece = self.take()
            if piece.kind == "end":
                raise self.fail(f"the bracket of .{token.text}( is never closed", ")", at=token.at)
            if piece.text != ",":
                arguments.append(piece.text.lower())
        return Method(token.text, tuple(arguments), token.at)
