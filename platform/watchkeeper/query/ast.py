"""The parts of a metric query, as values. `at` is the offset in the text where a part begins."""

from dataclasses import dataclass, field
from typing import Literal

SpaceAggregator = Literal["avg", "sum", "min", "max", "count"]
TimeAggregator = Literal["avg", "sum", "min", "max"]
Comparator = Literal[">", ">=", "<", "<=", "==", "!="]
Operator = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class TagFilter:
    """`key:value`; the value may hold `*`. A value of None asks for nothing but the key's presence."""

    key: str
    value: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NotFilter:
    """`!filter`."""

    operand: "Filter"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Filters joined by a comma or AND; none at all lets everything through (`{*}`)."""

    operands: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Filters joined by OR, or the values of IN."""

    operands: tuple["Filter", ...]


Filter = TagFilter | NotFilter | AllOf | AnyOf

EVERYTHING = AllOf(())


@dataclass(frozen=True, slots=True)
class Method:
    """`.as_count()`, `.rollup(sum, 60)`, `.fill(zero)`; arguments as they are written, in lower case."""

    name: str
    arguments: tuple[str, ...] = ()
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Metric:
    """`avg:name{scope} by {keys}.method()`."""

    aggregator: SpaceAggregator
    name: str
    scope: Filter
    by: tuple[str, ...] = ()
    methods: tuple[Method, ...] = ()
    at: int = field(default=0, compare=False)

    def method(self, name: str) -> Method | None:
        """The method of that name, if it is used."""
        return next((method for method in self.methods if method.name == name), None)

    @property
    def is_count(self) -> bool:
        """Whether `.as_count()` is used: values per bucket, summed."""
        return self.method("as_count") is not None


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic between two expressions."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """`-expression`."""

    operand: "Expression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`function(expression, arguments)`."""

    name: str
    operand: "Expression"
    arguments: tuple[str, ...] = ()
    at: int = field(default=0, compare=False)


Expression = Metric | Number | Binary | Negative | Call


@dataclass(frozen=True, slots=True)
class MonitorQuery:
    """`avg(last_5m):expression > threshold`. window_s: seconds. text: as it was written."""

    aggregator: TimeAggregator
    window_s: int
    expression: Expression
    comparator: Comparator
    threshold: float
    text: str = field(default="", compare=False, repr=False)


def metrics_of(expression: Expression) -> tuple[Metric, ...]:
    """Every metric in an expression, from left to right."""
    match expression:
        case Metric():
            return (expression,)
        case Binary(left=left, right=right):
            return (*metrics_of(left), *metrics_of(right))
        case Negative(operand=operand) | Call(operand=operand):
            return metrics_of(operand)
        case Number():
            return ()


def group_keys(expression: Expression) -> tuple[str, ...]:
    """The keys by which the result is grouped: those of the first metric that has any."""
    return next((metric.by for metric in metrics_of(expression) if metric.by), ())


def has_arithmetic(expression: Expression) -> bool:
    """Whether two expressions are computed with each other."""
    match expression:
        case Binary():
            return True
        case Negative(operand=operand) | Call(operand=operand):
            return has_arithmetic(operand)
        case Metric() | Number():
            return False
