"""The forms on metrics: windows, changes, comparisons. One method for each rule of the grammar."""

from typing import Final, Literal, cast, get_args

from watchkeeper.query.ast import Comparator, Expression
from watchkeeper.query.expressions import ExpressionReader
from watchkeeper.query.forms import ChangeQuery, Comparison, MonitorQuery, Window, window_of
from watchkeeper.query.functions import WINDOW_AGGREGATORS
from watchkeeper.query.lexer import Token
from watchkeeper.query.visit import template_variables_of

SHORTEST_WINDOW_S: Final = 60
LONGEST_WINDOW_S: Final = 730 * 3600
LONGEST_FORECAST_S: Final = 12 * LONGEST_WINDOW_S
_COMPARATORS: Final = get_args(Comparator)


def is_window_aggregator(word: str) -> bool:
    """`avg`, `sum`, `min`, `max`, `percentile`, or a percentile such as `p95`."""
    return word in WINDOW_AGGREGATORS or (word[:1] == "p" and word[1:].replace(".", "", 1).isdigit())


class FormReader(ExpressionReader):
    """Reads what stands around an expression in a monitor's query."""

    def metric_form(self) -> MonitorQuery:
        """`avg(last_5m):expression > 4`."""
        aggregator, window = self.aggregation()
        self.expect(":", "after the window")
        expression = self.monitored()
        return MonitorQuery(aggregator, window, expression, self.closing(), self.text)

    def change_form(self) -> ChangeQuery:
        """`change(avg(last_5m),last_1h):expression > 4`."""
        kind = cast("Literal['change', 'pct_change']", self.take().text)
        self.expect("(", f"after {kind}")
        aggregator, window = self.aggregation()
        self.expect(",", "between the window and what it is compared with")
        shift = self.window(("last", "ago"), "last_1h or 1h_ago")
        self.expect(")", f"to close {kind}(")
        self.expect(":", "before the query")
        expression = self.monitored()
        return ChangeQuery(kind, aggregator, window, shift, expression, self.closing(), self.text)

    def aggregation(self) -> tuple[str, Window]:
        """`avg(last_5m)`."""
        token = self.take()
        if token.kind != "name" or not is_window_aggregator(token.text):
            fix = f"use one of {', '.join(WINDOW_AGGREGATORS)}"
            raise self.unknown("aggregation", token, WINDOW_AGGREGATORS, fix)
        self.expect("(", "before the window")
        window = self.window(("last", "current", "next"), "last_5m, last_1h or last_1d")
        self.expect(")", "after the window")
        return token.text, window

    def window(self, kinds: tuple[str, ...], examples: str) -> Window:
        """A window of one of these kinds, within what Datadog allows."""
        token = self.take()
        window = window_of(token.text) if token.kind in ("name", "word") and "_" in token.text else None
        if window is None or window.kind not in kinds or window.unit == "s":
            message = f"{self.seen(token)} is not a window"
            raise self.fail(message, "last_<n>m|h|d|w|mo", fix=f"write {examples}", token=token)
        longest = LONGEST_FORECAST_S if window.kind == "next" else LONGEST_WINDOW_S
        if not SHORTEST_WINDOW_S <= window.seconds <= longest:
            message = f"a window of {window.amount}{window.unit} is not allowed"
            raise self.fail(message, fix="between last_1m and last_1mo", token=token)
        return Window(window.kind, window.amount, window.unit, token.at, token.end)

    def monitored(self) -> Expression:
        """An expression without a dashboard's variables and without a second query."""
        expression = self.expression()
        if self.at_symbol(","):
            raise self.fail("a monitor watches one query, not a list", *_COMPARATORS, fix="end with > 0.05")
        for name in template_variables_of(expression) if "$" in self.text else ():
            at = self.text.find(f"${name}")
            token = Token("name", name, at, at + len(name) + 1)
            fix = "write the tag itself"
            raise self.fail(f"`${name}` is a template variable, which a monitor has not", fix=fix, token=token)
        return expression

    def closing(self) -> Comparison:
        """The comparison, and nothing after it."""
        comparison = self.comparison()
        self.expect_end("the threshold is the last thing in a monitor's query")
        return comparison

    def comparison(self) -> Comparison:
        """`> 4`, `<= -0.5`, `> threshold`."""
        sign = self.take()
        if sign.kind != "symbol" or sign.text not in _COMPARATORS:
            fix = {"=": "write ==", "by": "groups stand right behind the scope: avg:m{*} by {host}"}.get(
                sign.text, "end with > 0.05"
            )
            raise self.fail(f"expected a comparison, found {self.seen(sign)}", *_COMPARATORS, fix=fix, token=sign)
        if self.at_symbol("="):
            raise self.fail(f"`{sign.text}=` is no comparison", *_COMPARATORS, fix="write >= or <=", token=self.token)
        at = self.token.at
        minus = self.accept("-")
        token = self.token
        value: float | None = None
        if token.kind == "number":
            value = self.number().value * (-1 if minus else 1)
        elif token.text == "threshold" and not minus:
            self.take()
        else:
            raise self.fail(f"the threshold must be a number, not {self.seen(token)}", "number", token=token,
                            fix="end with > 0.05")  # fmt: skip
        return Comparison(cast("Comparator", sign.text), value, at, sign.at, token.end)
