"""CloudWatch metric math, as far as scaling policies need it. Pure.

Arithmetic, comparison, FILL, IF, MIN, MAX, SUM, AVG. Source: CloudWatch user guide, "Using math expressions".
A datapoint that is missing makes the result missing, save in FILL; so does a division by zero. A function that is not
known here makes the result unknown, not wrong.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Values = Mapping[str, Sequence[float | None]]
"""Of each metric id: datapoints of the same times, oldest first."""

_DEEPEST: Final = 100
_TOKEN: Final = re.compile(r"\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|(<=|>=|==|!=|[-+*/^<>(),\[\]]))")
_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_ARITHMETIC: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_OVER: Final[Mapping[str, Callable[[list[float]], float]]] = {
    "MIN": min,
    "MAX": max,
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
}


class MathSyntaxError(ValueError):
    """A text that is no expression. offset: of the wrong part, from 0."""

    def __init__(self, what: str, offset: int) -> None:
        self.offset = offset
        super().__init__(what)


class UnknownFunctionError(ValueError):
    """A function that is not evaluated here."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression. op: `number`, `metric`, an operator, or the name of a function."""

    op: str
    parts: tuple["Node", ...] = ()
    number: float = 0.0
    name: str = ""


def parse_math(text: str) -> Node:
    """The expression. Raises MathSyntaxError."""
    return _Parser(text).parse()


def evaluate(node: Node, values: Values) -> list[float | None]:
    """The expression at each time of its metrics. Raises UnknownFunctionError; KeyError for an unknown metric."""
    length = max((len(each) for each in values.values()), default=0)
    return [_at(node, values, index) for index in range(length)]


def metric_ids(node: Node) -> Iterator[str]:
    """The ids that the expression names, in order."""
    if node.op == "metric":
        yield node.name
    for part in node.parts:
        yield from metric_ids(part)


def _at(node: Node, values: Values, index: int) -> float | None:
    if node.op == "number":
        return node.number
    if node.op == "metric":
        return values[node.name][index]
    if node.op == "FILL":
        return _filled(node, values, index)
    if node.op == "IF":
        chosen = _at(node.parts[0], values, index)
        other = _at(node.parts[2], values, index) if len(node.parts) > 2 else None  # noqa: PLR2004 - the third
        return None if chosen is None else _at(node.parts[1], values, index) if chosen else other
    if node.op in _OVER:
        parts = node.parts[0].parts if node.parts and node.parts[0].op == "list" else node.parts
        present = [value for part in parts if (value := _at(part, values, index)) is not None]
        return _OVER[node.op](present) if present else None
    if node.op not in "+-*/^" and node.op not in _COMPARE:
        raise UnknownFunctionError(node.op)
    left, right = (_at(part, values, index) for part in node.parts)
    return None if left is None or right is None else _combined(node.op, left, right)


def _combined(op: str, left: float, right: float) -> float | None:
    if op in _COMPARE:
        return float(_COMPARE[op](left, right))
    if op == "/":
        return left / right if right else None
    if op == "^":
        try:
            return float(left**right)
        except (OverflowError, ZeroDivisionError, TypeError):
            return None
    return _ARITHMETIC[op](left, right)


def _filled(node: Node, values: Values, index: int) -> float | None:
    metric, filler = node.parts
    found = _at(metric, values, index)
    if found is not None or filler.name != "REPEAT":
        return _at(filler, values, index) if found is None else found
    return next((value for each in range(index, -1, -1) if (value := _at(metric, values, each)) is not None), None)


class _Parser:
    """Recursive descent: comparison, sum, product, power, sign, and what stands alone."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._tokens: list[tuple[str, int]] = []
        if sum(text.count(each) for each in "([-^") > _DEEPEST:
            raise MathSyntaxError("nested too deep", 0)
        position = 0
        while position < len(text.rstrip()):
            found = _TOKEN.match(text, position)
            if found is None:
                offset = position + len(text[position:]) - len(text[position:].lstrip())
                raise MathSyntaxError(f"`{text[offset]}` has no place in an expression", offset)
            self._tokens.append((found.group().strip(), found.end() - len(found.group().strip())))
            position = found.end()

    def parse(self) -> Node:
        node = self._left(0)
        if self._at < len(self._tokens):
            raise MathSyntaxError(f"`{self._peek()}` is not expected here", self._offset())
        return node

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _offset(self) -> int:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else len(self._text.rstrip())

    def _take(self, wanted: str = "") -> str:
        token = self._peek()
        if wanted and token != wanted:
            raise MathSyntaxError(f"`{wanted}` is missing", self._offset())
        self._at += 1
        return token

    _LEVELS: Final = (("<", "<=", ">", ">=", "==", "!="), ("+", "-"), ("*", "/"))

    def _left(self, level: int) -> Node:
        """Operators that group from the left."""
        if level == len(self._LEVELS):
            return self._power()
        node = self._left(level + 1)
        while self._peek() in self._LEVELS[level]:
            node = Node(self._take(), (node, self._left(level + 1)))
        return node

    def _power(self) -> Node:
        if self._peek() == "-":
            self._take()
            return Node("-", (Node("number"), self._power()))
        node = self._alone()
        if self._peek() == "^":
            return Node(self._take(), (node, self._power()))
        return node

    def _alone(self) -> Node:
        word, offset = self._peek(), self._offset()
        if word == "(":
            self._take()
            node = self._left(0)
            self._take(")")
            return node
        if word == "[":
            return Node("list", self._arguments("[", "]"))
        if word[:1].isdigit():
            return Node("number", number=float(self._take()))
        if word[:1].isalpha():
            self._take()
            if self._peek() == "(":
                return Node(word, self._arguments("(", ")"))
            return Node("word" if word == "REPEAT" else "metric", name=word)
        raise MathSyntaxError("a metric, a number or a function is missing", offset)

    def _arguments(self, opening: str, closing: str) -> tuple[Node, ...]:
        self._take(opening)
        found: list[Node] = []
        while self._peek() != closing:
            found.append(self._left(0))
            if self._peek() != closing:
                self._take(",")
        self._take(closing)
        return tuple(found)
