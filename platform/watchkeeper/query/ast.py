"""The parts of a query, as values; the monitor queries built from them stand in `forms`.

`at` and `end` are the offsets in the text where a part begins and where it is over; they do not count in a comparison.
What Datadog treats alike is written alike: keys, values and keywords are in lower case, bracket pairs are implied.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

SpaceAggregator = str
"""`avg`, `sum`, `min`, `max`, `count`, or a percentile of a distribution such as `p95` or `p99.9`."""
TimeAggregator = str
"""`avg`, `sum`, `min`, `max`; `percentile` or `p95` for a distribution."""
Comparator = Literal[">", ">=", "<", "<=", "==", "!="]
Operator = Literal["+", "-", "*", "/"]
_PROTECTED: Final = re.compile(r"\\.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TagFilter:
    """`key:value`; the value may hold `*` and `$variable`. An empty value is a tag without a colon."""

    key: str
    value: str
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class VariableFilter:
    """`$name`, a dashboard's template variable: it stands for a whole `key:value`, or for everything."""

    name: str
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class InFilter:
    """`key IN (a, b)`: any of the values."""

    key: str
    values: tuple[str, ...]
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NotFilter:
    """`!filter`, `NOT filter`, `-filter`; sign: which of them is written."""

    operand: "Filter"
    sign: Literal["!", "NOT", "-"] = field(default="!", compare=False, repr=False)
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Filters joined by a comma or AND; none at all lets everything through (`{*}`). signs: what joins them."""

    operands: tuple["Filter", ...]
    signs: tuple[str, ...] = field(default=(), compare=False, repr=False)
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Filters joined by OR."""

    operands: tuple["Filter", ...]
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


Filter = TagFilter | VariableFilter | InFilter | NotFilter | AllOf | AnyOf

EVERYTHING = AllOf(())


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word as an argument: `sum` in `.rollup(sum, 60)`, in lower case; `$variable` as it is written."""

    text: str
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    """What stands between quotes, backslashes included; which quotes are used means nothing."""

    text: str
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)

    @property
    def plain(self) -> str:
        """The text that is meant: without the backslashes that protect quotes."""
        return _PROTECTED.sub(lambda match: match[0][-1] if match[0][-1] in "'\"" else match[0], self.text)


@dataclass(frozen=True, slots=True)
class Keyword:
    """`name=value` as an argument: `direction='both'`."""

    name: str
    value: "Argument"
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """`{key, key}` as an argument: the groups of a second aggregation. keys_at: where each of them begins."""

    keys: tuple[str, ...]
    keys_at: tuple[int, ...] = field(default=(), compare=False, repr=False)
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Items:
    """`[a, b]` as an argument."""

    items: tuple["Argument", ...]
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Method:
    """`.as_count()`, `.rollup(sum, 60)`, `.fill(zero)`; in search queries `.index("*")` and the like."""

    name: str
    arguments: tuple["Argument", ...] = ()
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The positional arguments as plain text: `("sum", "60")`."""
        return _words(self.arguments)


@dataclass(frozen=True, slots=True)
class Metric:
    """`avg:name{scope} by {keys}.method()`.

    bounds: `v: v>=10` of `count(v: v>=10):name`, in one spelling; empty without. has_aggregator: whether it is written,
    for it may be left out and is `avg` then. name_at, by_at: where the name and each key begin.
    """

    aggregator: SpaceAggregator
    name: str
    scope: Filter = EVERYTHING
    by: tuple[str, ...] = ()
    methods: tuple[Method, ...] = ()
    bounds: str = ""
    has_aggregator: bool = field(default=True, compare=False, repr=False)
    name_at: int = field(default=0, compare=False, repr=False)
    by_at: tuple[int, ...] = field(default=(), compare=False, repr=False)
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)

    def method(self, name: str) -> Method | None:
        """The method of that name, if it is used."""
        return next((method for method in self.methods if method.name == name), None)

    @property
    def is_count(self) -> bool:
        """Whether `.as_count()` is used: values per bucket, summed."""
        return self.method("as_count") is not None


@dataclass(frozen=True, slots=True)
class Variable:
    """The name of another query in a formula: `query1`."""

    name: str
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A literal; a minus that stands right before it belongs to it."""

    value: float
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic between two expressions. operator_at: where the operator stands."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    operator_at: int = field(default=0, compare=False, repr=False)
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """`-expression`."""

    operand: "Expression"
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`function(expression, arguments)`. The second query of `min(a, b)` is an argument."""

    name: str
    operand: "Expression"
    arguments: tuple["Argument", ...] = ()
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The positional arguments as plain text: `("agile", "2")`."""
        return _words(self.arguments)

    def keyword(self, name: str) -> str | None:
        """The plain text of `name=...`; None where it is not given."""
        found = (each.value for each in self.arguments if isinstance(each, Keyword) and each.name == name)
        return next((text for value in found for text in _words((value,))), None)


@dataclass(frozen=True, slots=True)
class Modified:
    """Methods on what is no metric: `per_second(...).rollup(max, 60)`, `(a + b).fill(zero)`."""

    operand: "Expression"
    methods: tuple[Method, ...]
    at: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


Expression = Metric | Variable | Number | Binary | Negative | Call | Modified
Argument = Expression | Word | Text | Keyword | Keys | Items
Node = Expression | Argument | Method | Filter


def plain_number(value: float) -> str:
    """A number as it is written in a query: `20`, `0.05`."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004 - exact integers


def _words(arguments: tuple[Argument, ...]) -> tuple[str, ...]:
    found = []
    for argument in arguments:
        if isinstance(argument, Word | Text):
            found.append(argument.text)
        elif isinstance(argument, Number):
            found.append(plain_number(argument.value))
    return tuple(found)
