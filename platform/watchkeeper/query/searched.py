"""Searches as metrics: what a search finds is a series that is named after it, or is picked out of everything by tags.

Source: Datadog documentation, "Log Search Syntax" (terms, wildcards, ranges, comparisons), "Log Monitor", read 2026-11.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

from watchkeeper.query.ast import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Call,
    Comparator,
    Expression,
    Filter,
    Keys,
    Method,
    Metric,
    NotFilter,
    Number,
    TagFilter,
)
from watchkeeper.query.forms import crosses
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.reduction import percent_of
from watchkeeper.query.search import search_filter

_COUNTED: Final = (Method("as_count"),)
_RANGE: Final = re.compile(r"([\[{])\s*(\S+)\s+TO\s+(\S+)\s*([\]}])")
_COMPARED: Final = re.compile(r"(>=|<=|>|<)\s*(.+)")
_MESSAGE: Final = "message"
_MEASURED: Final = ("avg", "sum", "min", "max")
_ALL: Final = "*"


@dataclass(frozen=True, slots=True)
class SearchMetric(Metric):
    """A search as a metric; `name` is that of the series that holds what it finds.

    stream: the name of the series of everything that can be searched, such as `logs("*")`; wanted: which of these it
    finds. merges: whether a window is one bucket, over which the samples of all series are aggregated at once.
    """

    stream: str = ""
    wanted: Filter = EVERYTHING
    merges: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for, and by which keys the findings are grouped. text: of the search, empty for everything.

    scope: tags that the series must have besides. chooses_further: whether there are further conditions, so that only
    the series named after the search holds what it finds.
    """

    source: str
    text: str
    keys: tuple[str, ...] = ()
    scope: Filter = EVERYTHING
    chooses_further: bool = False

    def metric(self, how: str, *, measure: str = "", by: tuple[str, ...] = (), merges: bool = False) -> SearchMetric:
        """An aggregate over the findings; without a measure they are counted."""
        ending = f":{measure}" if measure else ""
        name, stream = (f'{self.source}("{text}"){ending}' for text in (self.text, _ALL))
        return SearchMetric(
            how,
            name,
            self.scope,
            (*self.keys, *by),
            () if measure else _COUNTED,
            stream=name if self.chooses_further else stream,
            wanted=_filter(self.text),
            merges=merges,
        )


def counted(search: Search) -> SearchMetric:
    """How many events a search finds, by group."""
    return search.metric("sum")


def searched(search: Search, rollup: Sequence[str], text: str) -> Expression:
    """What `.rollup(...)` makes of the findings. text: of the whole query. Raises QuerySyntaxError."""
    method = rollup[0] if rollup else "count"
    if method == "count":
        return counted(search)
    facet = rollup[1] if len(rollup) > 1 else ""
    if method == "cardinality" and facet:
        # A group for each value; those with a finding in the window are counted.
        found = search.metric("sum", by=(facet_key(facet),), merges=True)
        return Call("count", Call("cutoff_min", found, (Number(1.0),)), (Keys(search.keys),))
    how = {"median": "p50"}.get(method, f"p{method[2:]}" if method.startswith("pc") else method)
    if facet and (how in _MEASURED or percent_of(how) is not None):
        return search.metric(how, measure=facet.removeprefix("@"), merges=True)
    raise QuerySyntaxError(f"`.rollup({method})` needs the facet that it looks at", text, 0, fix='add "@facet"')


@lru_cache(maxsize=4096)
def _filter(text: str) -> Filter:
    return EVERYTHING if text in ("", _ALL) else search_filter(text)


def series_names(metric: Metric) -> tuple[str, ...]:
    """The names of the series in which a metric finds its samples."""
    if isinstance(metric, SearchMetric) and metric.stream != metric.name:
        return (metric.name, metric.stream)
    return (metric.name,)


def is_found(metric: Metric, name: str, by_key: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a metric takes the series of that name; one that is named after a search holds what it finds."""
    if not isinstance(metric, SearchMetric) or name == metric.name:
        return True
    return finds(metric.wanted, by_key)


def finds(wanted: Filter, by_key: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether events with these tags are found. A term without a key is looked for in the tag `message`."""
    match wanted:
        case TagFilter(key="", value=value):
            return value == "*" or any(_pattern(f"*{value}*").match(each.lower()) for each in by_key.get(_MESSAGE, ()))
        case TagFilter(key=key, value=value):
            return any(_fits(value, each.lower()) for each in by_key.get(facet_key(key), ()))
        case NotFilter(operand=operand):
            return not finds(operand, by_key)
        case AllOf(operands=operands):
            return all(finds(operand, by_key) for operand in operands)
        case AnyOf(operands=operands):
            return any(finds(operand, by_key) for operand in operands)
        case _:
            raise AssertionError("a search has no other parts")


def facet_key(facet: str) -> str:
    """The tag key that stands for a facet: `@http.status_code` is `http.status_code`."""
    return facet.removeprefix("@").lower()


def _fits(wanted: str, value: str) -> bool:
    bounds = tuple(_bounds(wanted))
    if not bounds:
        return _pattern(wanted).match(value) is not None
    try:
        number = float(value)
        return all(crosses(sign, number, float(bound)) for sign, bound in bounds)
    except ValueError:
        return False


def _bounds(wanted: str) -> Iterator[tuple[Comparator, str]]:
    """`>=500` as itself, `[500 TO 599}` as `>=500` and `<599`; nothing for a plain value."""
    between, compared = _RANGE.fullmatch(wanted), _COMPARED.fullmatch(wanted)
    if between:
        opening, low, high, closing = between.groups()
        if low != "*":
            yield (">=" if opening == "[" else ">"), low
        if high != "*":
            yield ("<=" if closing == "]" else "<"), high
    elif compared:
        yield cast("Comparator", compared[1]), compared[2]


@lru_cache(maxsize=4096)
def _pattern(value: str) -> re.Pattern[str]:
    r"""`*` stands for any letters, `?` for one; what a backslash protects is itself."""
    plain = value.strip('"').lower()
    pieces = re.findall(r"\\.|.", plain, re.DOTALL)
    signs = {"*": ".*", "?": "."}
    return re.compile("".join(signs.get(each) or re.escape(each[-1]) for each in pieces) + r"\Z", re.DOTALL)
