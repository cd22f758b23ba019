"""The forms that are chains of steps: searches, formulas, service checks, error budgets."""

from typing import Final, Literal, cast

from watchkeeper.query.ast import Argument, Method, Number, Text, Word
from watchkeeper.query.forms import CheckQuery, FormulaQuery, SearchQuery, SloQuery, Window, window_of
from watchkeeper.query.lexer import Token
from watchkeeper.query.monitor_forms import FormReader
from watchkeeper.query.search import search_terms

_SEARCH_STEPS: Final = ("index", "source", "new", "impact", "over", "rollup", "by", "last")
_FORMULA_STEPS: Final = ("rollup", "by", "last", "change", "anomaly", "forecast")
_CHECK_STEPS: Final = ("over", "exclude", "by", "last", "count_by_status", "pct_by_status")
_ROLLUPS: Final = ("count", "cardinality", "avg", "sum", "min", "max", "median")
_MOST_CHECKS: Final = 100
SLO_WINDOWS_S: Final = (7 * 86_400, 30 * 86_400, 90 * 86_400)


class ChainReader(FormReader):
    """Reads `opening(...)` and the steps behind it."""

    def search_form(self, source: str) -> SearchQuery:
        """`logs("search").index("*").rollup("count").last("5m") > 0`, the source being read already."""
        self.expect("(", f"after {source}")
        search = self.quoted("the search")
        self.expect(")", "after the search")
        search_terms(self.text, search.at + 1, search.end - 1)
        steps = self.steps(_SEARCH_STEPS, source)
        self.check_steps(steps)
        return SearchQuery(source, search, steps, self.closing(), self.text)

    def formula_form(self) -> FormulaQuery:
        """`formula("query1 / query2").last("15m") > 5`, after the word."""
        self.take()
        self.expect("(", "after formula")
        token = self.token
        self.quoted("the formula")
        self.expect(")", "after the formula")
        inner = FormReader(self.text, token.at + 1, token.end - 1, is_formula=True)
        expression = inner.expression()
        inner.expect_end("the formula ends here")
        steps = self.steps(_FORMULA_STEPS, "formula")
        self.check_steps(steps)
        return FormulaQuery(expression, steps, self.closing(), self.text)

    def check_form(self) -> CheckQuery:
        """`"check".over("tag").by("key").last(2).count_by_status()`."""
        check = self.quoted("the check")
        steps = self.steps(_CHECK_STEPS, "a service check")
        found = {step.name: step for step in steps}
        names = [step.name for step in steps]
        if not names or names[-1] not in ("count_by_status", "pct_by_status"):
            expected = ".count_by_status()"
            raise self.fail(
                f"a service check ends with {expected}, found {self.seen()}", expected, fix=f"add {expected}"
            )
        self.expect_end("the thresholds of a service check stand in its options")
        if "over" not in found:
            raise self.fail("a service check says which tags it covers", '.over("*")', fix='add .over("*")')
        last = found.get("last")
        amount = last.arguments[0] if last and last.arguments else None
        if last is None or not isinstance(amount, Number) or not amount.value.is_integer():
            raise self.fail("a service check says how many results it looks at", ".last(2)", fix="add .last(2)")
        if not 1 <= amount.value <= _MOST_CHECKS:
            token = Token("number", "", amount.at, amount.end)
            raise self.fail("a service check looks at 1 to 100 results", fix="write .last(2)", token=token)
        texts = {name: self.texts(found.get(name)) for name in ("over", "exclude", "by")}
        counts = cast("Literal['count_by_status', 'pct_by_status']", names[-1])
        over, exclude, by = texts["over"], texts["exclude"], texts["by"]
        return CheckQuery(check, over, exclude, by, int(amount.value), counts, amount.at, self.text)

    def slo_form(self) -> SloQuery:
        """`error_budget("id").over("30d") > 75`, `burn_rate("id").over("30d").long_window("1h")...`."""
        kind = cast("Literal['error_budget', 'burn_rate']", self.take().text)
        self.expect("(", f"after {kind}")
        token = self.take()
        if token.kind not in ("string", "word", "name") or not token.text:
            raise self.fail(f"expected the id of an SLO, found {self.seen(token)}", "SLO id", token=token,
                            fix=f'write {kind}("id")')  # fmt: skip
        self.expect(")", "after the SLO's id")
        known = ("over", "long_window", "short_window") if kind == "burn_rate" else ("over",)
        steps = {step.name: step for step in self.steps(known, kind)}
        for name in known:
            if name not in steps:
                example = {"over": '.over("30d")', "long_window": '.long_window("1h")'}.get(name, '.short_window("5m")')
                raise self.fail(f"{kind} needs .{name}(...)", example, fix=f"add {example}")
        windows = {name: self.window_in(steps[name]) for name in known}
        if windows["over"].seconds not in SLO_WINDOWS_S:
            argument = steps["over"].arguments[0]
            place = Token("string", "", argument.at, argument.end)
            raise self.fail("an SLO is measured over 7, 30 or 90 days", '"7d"', '"30d"', '"90d"', token=place,
                            fix='write .over("30d")')  # fmt: skip
        slo = Text(token.text, token.at, token.end)
        long_window, short_window = windows.get("long_window"), windows.get("short_window")
        return SloQuery(kind, slo, windows["over"], long_window, short_window, self.closing(), self.text)

    def quoted(self, what: str) -> Text:
        """A text in quotes."""
        token = self.take()
        if token.kind != "string":
            message = f"expected {what} in quotes, found {self.seen(token)}"
            raise self.fail(message, '"..."', fix="put it in quotes", token=token)
        return Text(token.text, token.at, token.end)

    def steps(self, known: tuple[str, ...], owner: str) -> tuple[Method, ...]:
        """`.name(arguments)`, each at most once."""
        found: dict[str, Method] = {}
        while self.accept("."):
            name = self.take()
            if name.kind != "name" or name.text not in known:
                raise self.unknown(f"step of {owner}", name, known, f"use one of {', '.join(known)}")
            if name.text in found:
                raise self.fail(f"`.{name.text}()` stands here twice", fix="remove one", token=name)
            self.expect("(", f"after .{name.text}")
            arguments: list[Argument] = []
            while not self.accept(")"):
                if arguments and not self.accept(","):
                    raise self.fail(f"expected `,` or `)` in .{name.text}(...), found {self.seen()}", ",", ")")
                arguments.append(self.argument(name))
            found[name.text] = Method(name.text, tuple(arguments), name.at, self.last_end)
        return tuple(found.values())

    def check_steps(self, steps: tuple[Method, ...]) -> None:
        """There is a window, and what is rolled up can be."""
        found = {step.name: step for step in steps}
        if "last" not in found:
            raise self.fail(f"the window is missing, found {self.seen()}", '.last("5m")', fix='add .last("5m")')
        self.window_in(found["last"])
        rollup = found.get("rollup")
        if rollup is None:
            return
        words = rollup.words
        place = Token("name", words[0] if words else "", rollup.at, rollup.end)
        if not words:
            raise self.fail(".rollup() needs a method", *_ROLLUPS, fix='write .rollup("count")', token=place)
        is_percentile = words[0].startswith("pc") and words[0][2:].isdigit()
        if words[0] not in _ROLLUPS and not is_percentile:
            raise self.unknown("rollup method", place, (*_ROLLUPS, "pc95"), f"use one of {', '.join(_ROLLUPS)}, pc95")

    def window_in(self, step: Method) -> Window:
        """The window that a step names: `"5m"`, `10d`, `"current_1mo"`."""
        argument = step.arguments[0] if len(step.arguments) == 1 else None
        window = window_of(argument.text) if isinstance(argument, Text | Word) else None
        if argument is None or window is None:
            place = Token("name", "", step.at, step.end)
            message = f"`.{step.name}()` takes one window, in quotes"
            raise self.fail(message, '"5m"', fix=f'write .{step.name}("5m")', token=place)
        return Window(window.kind, window.amount, window.unit, argument.at, argument.end)

    def texts(self, step: Method | None) -> tuple[Text, ...]:
        """The arguments of a step of a service check, which are all in quotes."""
        if step is None:
            return ()
        found = []
        for argument in step.arguments:
            if not isinstance(argument, Text) or not argument.text:
                place = Token("name", "", argument.at, argument.end)
                raise self.fail(f".{step.name}() takes tags in quotes", '"..."', fix="put it in quotes", token=place)
            found.append(argument)
        if not found:
            place = Token("name", "", step.at, step.end)
            raise self.fail(f".{step.name}() is empty", '"*"', fix=f'write .{step.name}("*")', token=place)
        return tuple(found)
