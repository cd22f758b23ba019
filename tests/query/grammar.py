"""Queries made from the grammar: every value that the parser can give, as hypothesis strategies."""

from hypothesis import strategies as st

from watchkeeper.query.ast import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Argument,
    Binary,
    Call,
    Expression,
    Filter,
    InFilter,
    Keys,
    Keyword,
    Method,
    Metric,
    Modified,
    Negative,
    NotFilter,
    Number,
    TagFilter,
    Text,
    Variable,
    VariableFilter,
    Word,
)
from watchkeeper.query.forms import (
    Both,
    ChangeQuery,
    CheckQuery,
    Comparison,
    CompositeQuery,
    Condition,
    Either,
    FormulaQuery,
    Member,
    MonitorQuery,
    NoneOf,
    Query,
    SearchQuery,
    SloQuery,
    Window,
)
from watchkeeper.query.function_model import Function, Parameter
from watchkeeper.query.functions import FILL_MODES, FUNCTIONS, ROLLUP_AGGREGATORS
from watchkeeper.query.monitor_types import SOURCES

KEYWORDS = {"and", "or", "not", "in", "by", "v", "threshold"}
words = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(lambda word: word not in KEYWORDS)
metric_names = st.lists(words, min_size=1, max_size=4).map(".".join)
tag_keys = st.from_regex(r"[a-z@_][a-z0-9_.@-]{0,8}", fullmatch=True).filter(lambda word: word not in KEYWORDS)
tag_values = st.from_regex(r"[a-z0-9_./*-]{1,10}", fullmatch=True)
finite = st.one_of(
    st.integers(-(10**9), 10**9).map(float), st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0)
)
numbers = finite.map(Number)
positive_numbers = finite.map(lambda x: Number(abs(x)))
quotable = st.text(st.sampled_from("abc xyz0:.,*@-()\"'\\"), max_size=8).filter(
    lambda text: "\\" not in text and not ('"' in text and "'" in text)
)
percentiles = st.integers(0, 99).map(lambda n: f"p{n}")
space_aggregators = st.one_of(st.sampled_from(("avg", "sum", "min", "max", "count")), percentiles)
comparators = st.sampled_from((">", ">=", "<", "<=", "==", "!="))
operators = st.sampled_from(("+", "-", "*", "/"))


def filters(*, template: bool) -> st.SearchStrategy[Filter]:
    """Scopes, nested a little; template: with a dashboard's variables."""
    tags: st.SearchStrategy[Filter] = st.one_of(
        st.builds(TagFilter, tag_keys, tag_values),
        st.builds(TagFilter, tag_keys, st.just("")),
        st.builds(InFilter, tag_keys, st.lists(tag_values, min_size=1, max_size=3).map(tuple)),
        st.just(EVERYTHING),
    )
    if template:
        names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)
        values = names.flatmap(lambda name: st.sampled_from((f"${name}", f"${name}.value", f"*${name}*")))
        tags = st.one_of(tags, st.builds(VariableFilter, names), st.builds(TagFilter, tag_keys, values))

    def nested(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(st.builds(NotFilter, inner), st.builds(AllOf, several), st.builds(AnyOf, several))

    return st.recursive(tags, nested, max_leaves=6)


group_keys = st.lists(tag_keys, max_size=3, unique=True).map(tuple)
methods = st.one_of(
    st.sampled_from((Method("as_count"), Method("as_rate"), Method("weighted"))),
    st.builds(lambda mode: Method("fill", (Word(mode),)), st.sampled_from(FILL_MODES)),
    st.builds(lambda how, s: Method("rollup", (Word(how), Number(s))), st.sampled_from(ROLLUP_AGGREGATORS),
              st.integers(1, 3600).map(float)),
    st.builds(lambda s: Method("rollup", (Number(s),)), st.integers(1, 3600).map(float)),
)  # fmt: skip
chains = st.lists(methods, max_size=2).map(tuple)
bounds = st.one_of(st.just(""), st.builds("v: v{}{}".format, comparators, st.integers(-50, 50)))


def metrics(*, template: bool) -> st.SearchStrategy[Metric]:
    """Metrics with everything that may stand on one."""
    return st.builds(Metric, space_aggregators, metric_names, filters(template=template), group_keys, chains, bounds)


def _value(parameter: Parameter) -> st.SearchStrategy[Argument]:
    if parameter.choices:
        return st.sampled_from(parameter.choices).map(Text)
    if parameter.kind == "number":
        return numbers
    if parameter.kind == "keys":
        return st.lists(tag_keys, min_size=1, max_size=3, unique=True).map(lambda keys: Keys(tuple(keys)))
    return words.map(Text)


@st.composite
def calls(draw: st.DrawFn, operands: st.SearchStrategy[Expression]) -> Call:
    """A function of the table with arguments that fit."""
    name = draw(st.sampled_from(sorted(FUNCTIONS)))
    function: Function = FUNCTIONS[name]
    given = draw(st.integers(function.fewest, len(function.parameters)))
    arguments = [draw(_value(parameter)) for parameter in function.parameters[:given]]
    arguments += [Keyword(each.name, draw(_value(each))) for each in function.keywords if draw(st.booleans())]
    if function.takes_queries and not arguments and draw(st.booleans()):
        arguments.append(draw(operands))
    return Call(name, draw(operands), tuple(arguments))


def _composed(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(Binary, operators, inner, inner),
        # A minus right before a number belongs to the number, so that brackets stand around a positive one.
        st.builds(Negative, inner),
        calls(inner),
        st.builds(Modified, inner.filter(lambda each: not isinstance(each, Modified)), st.lists(methods, min_size=1,
                  max_size=2).map(tuple)),
    )  # fmt: skip


def expressions(*, template: bool = False) -> st.SearchStrategy[Expression]:
    """What stands in a graph, or behind a monitor's window."""
    return st.recursive(
        st.one_of(metrics(template=template), metrics(template=template), numbers), _composed, max_leaves=5
    )


formulas = st.recursive(
    st.one_of(words.filter(lambda word: word not in FUNCTIONS).map(Variable), numbers), _composed, max_leaves=5
)

comparisons = st.builds(Comparison, comparators, st.one_of(finite, finite, st.none()))


@st.composite
def windows(draw: st.DrawFn, *kinds: str) -> Window:
    """A window within what a metric monitor may have."""
    unit = draw(st.sampled_from(("m", "h", "d", "w", "mo")))
    longest = {"m": 43_800, "h": 730, "d": 30, "w": 4, "mo": 1}[unit]
    return Window(draw(st.sampled_from(kinds)), draw(st.integers(1, longest)), unit)


window_aggregators = st.sampled_from(("avg", "sum", "min", "max", "percentile", "p95"))
metric_queries = st.builds(
    MonitorQuery, window_aggregators, windows("last", "current", "next"), expressions(), comparisons
)
change_queries = st.builds(
    ChangeQuery, st.sampled_from(("change", "pct_change")), window_aggregators, windows("last"), windows("last", "ago"),
    expressions(), comparisons,
)  # fmt: skip
nonempty_texts = quotable.filter(bool).map(Text)
tag_texts = st.builds("{}:{}".format, tag_keys, tag_values).map(Text)
check_queries = st.builds(
    CheckQuery, nonempty_texts, st.lists(tag_texts, min_size=1, max_size=3).map(tuple),
    st.lists(tag_texts, max_size=2).map(tuple), st.lists(tag_keys.map(Text), max_size=3).map(tuple),
    st.integers(1, 100), st.sampled_from(("count_by_status", "pct_by_status")),
)  # fmt: skip
lengths = st.sampled_from(("1m", "5m", "2h", "1d", "current_1mo"))
searches = st.lists(st.one_of(words, tag_texts.map(lambda tag: tag.text), st.just('"a b"')), max_size=4).map(" ".join)


@st.composite
def steps(draw: st.DrawFn, *, with_index: bool) -> tuple[Method, ...]:
    """The chain behind a search or a formula."""
    found = []
    if with_index and draw(st.booleans()):
        found.append(Method("index", (Text("*"),)))
    if draw(st.booleans()):
        found.append(
            Method("rollup", draw(st.sampled_from(((Text("count"),), (Text("cardinality"), Text("@usr.id"))))))
        )
    if draw(st.booleans()):
        found.append(Method("by", tuple(Text(key) for key in draw(st.lists(tag_keys, min_size=1, max_size=3)))))
    found.append(Method("last", (Text(draw(lengths)),)))
    return tuple(draw(st.permutations(found)))


search_queries = st.builds(
    SearchQuery, st.sampled_from(SOURCES), searches.map(Text), steps(with_index=True), comparisons
)
formula_queries = st.builds(FormulaQuery, formulas, steps(with_index=False), comparisons)
slo_ids = st.from_regex(r"[0-9a-f]{8,32}", fullmatch=True).map(Text)
slo_windows = st.sampled_from((7, 30, 90)).map(lambda days: Window("last", days, "d"))
short_windows = st.builds(Window, st.just("last"), st.integers(1, 60), st.sampled_from(("m", "h")))
budget_queries = st.builds(SloQuery, st.just("error_budget"), slo_ids, slo_windows, st.none(), st.none(), comparisons)
burn_queries = st.builds(
    SloQuery, st.just("burn_rate"), slo_ids, slo_windows, short_windows, short_windows, comparisons
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.integers(1, 10**9).map(Member),
    lambda inner: st.one_of(st.builds(NoneOf, inner), st.builds(Both, inner, inner), st.builds(Either, inner, inner)),
    max_leaves=8,
)
composite_queries = conditions.map(CompositeQuery)
queries: st.SearchStrategy[Query] = st.one_of(
    metric_queries, change_queries, check_queries, search_queries, formula_queries, budget_queries, burn_queries,
    composite_queries,
)  # fmt: skip
