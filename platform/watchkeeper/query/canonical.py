"""One form for all the queries that mean the same, and the question whether two do.

What makes no difference to Datadog: white space, the case of keywords and tags, brackets, quotes around words and
numbers, `20` or `20.0`, a plus sign, a missing `avg:`, the order of filters, of group keys, of a composite's members
and of named arguments. The order of arithmetic is kept, for floats do not add up alike in every order.
"""

from collections.abc import Iterable
from typing import Final, assert_never

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
    Items,
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
)
from watchkeeper.query.printer import render_filter, render_query

_STEP_ORDER: Final = (
    "index", "source", "new", "impact", "over", "rollup", "by", "last", "change", "anomaly", "forecast",
)  # fmt: skip


def canonical_query(query: Query) -> Query:
    """The value that stands for all queries of the same meaning; without places."""
    match query:
        case MonitorQuery(aggregator=aggregator, window=window, expression=expression, comparison=comparison):
            return MonitorQuery(aggregator, window, canonical_expression(expression), comparison)
        case ChangeQuery():
            expression = canonical_expression(query.expression)
            return ChangeQuery(query.kind, query.aggregator, query.window, query.shift, expression, query.comparison)
        case CheckQuery(check=check, last=last, counts=counts):
            return CheckQuery(check, _texts(query.over), _texts(query.exclude), _texts(query.by), last, counts)
        case SearchQuery(source=source, search=search, comparison=comparison):
            return SearchQuery(source, Text(_search(search.plain)), _steps(query.steps), comparison)
        case FormulaQuery(expression=expression, comparison=comparison):
            return FormulaQuery(canonical_expression(expression), _steps(query.steps), comparison)
        case SloQuery():
            return query
        case CompositeQuery(condition=condition):
            return CompositeQuery(_condition(condition))
        case _:
            assert_never(query)


def canonical_text(query: Query) -> str:
    """The canonical form as text."""
    return render_query(canonical_query(query))


def means_the_same(one: Query | Expression, other: Query | Expression) -> bool:
    """Whether two queries ask for the same, however they are written."""
    return _any(one) == _any(other)


def _any(subject: Query | Expression) -> Query | Expression:
    match subject:
        case (
            MonitorQuery() | ChangeQuery() | CheckQuery() | SearchQuery() | FormulaQuery() | SloQuery()
            | CompositeQuery()
        ):  # fmt: skip
            return canonical_query(subject)
        case _:
            return canonical_expression(subject)


def canonical_expression(expression: Expression) -> Expression:
    """The same for an expression."""
    match expression:
        case Metric(aggregator=aggregator, name=name, bounds=bounds, methods=methods):
            by = tuple(sorted(set(expression.by))) if expression.by else ()
            return Metric(aggregator, name, canonical_filter(expression.scope), by, _methods(methods), bounds)
        case Variable(name=name):
            return Variable(name)
        case Number(value=value):
            return Number(value)
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator, canonical_expression(left), canonical_expression(right))
        case Negative(operand=operand):
            inner = canonical_expression(operand)
            if isinstance(inner, Number):
                return Number(-inner.value)
            return inner.operand if isinstance(inner, Negative) else Negative(inner)
        case Call(name=name, operand=operand, arguments=arguments):
            return Call(name, canonical_expression(operand), _arguments(arguments))
        case Modified(operand=operand, methods=methods):
            return _modified(canonical_expression(operand), _methods(methods))
        case _:
            assert_never(expression)


def _modified(operand: Expression, methods: tuple[Method, ...]) -> Expression:
    match operand:
        case Metric(aggregator=aggregator, name=name, scope=scope, by=by, bounds=bounds):
            return Metric(aggregator, name, scope, by, (*operand.methods, *methods), bounds)
        case Modified(operand=inner, methods=first):
            return Modified(inner, (*first, *methods))
        case _:
            return Modified(operand, methods)


def _methods(methods: Iterable[Method]) -> tuple[Method, ...]:
    return tuple(Method(each.name, tuple(_method_argument(each.name, a) for a in each.arguments)) for each in methods)


def _method_argument(method: str, argument: Argument) -> Argument:
    plain = _argument(argument)
    if method == "fill" and plain == Number(0):
        return Word("zero")
    if isinstance(plain, Text) and plain.text.replace("_", "").isalnum() and not plain.text[:1].isdigit():
        return Word(plain.text.lower())
    return plain


def _arguments(arguments: Iterable[Argument]) -> tuple[Argument, ...]:
    plain = [_argument(each) for each in arguments]
    named = sorted((each for each in plain if isinstance(each, Keyword)), key=lambda each: each.name)
    return (*(each for each in plain if not isinstance(each, Keyword)), *named)


def _argument(argument: Argument) -> Argument:
    match argument:
        case Text(text=text) | Word(text=text):
            number = _number(text)
            if number is not None:
                return Number(number)
            return Word(text) if text.startswith("$") else Text(text)
        case Keyword(name=name, value=value):
            return Keyword(name, _argument(value))
        case Keys(keys=keys):
            return Keys(tuple(sorted(set(keys))))
        case Items(items=items):
            return Items(tuple(_argument(each) for each in items))
        case _:
            return canonical_expression(argument)


def _number(text: str) -> float | None:
    if not text.lstrip("-+.")[:1].isdigit():
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def canonical_filter(scope: Filter) -> Filter:
    """The same for a filter: flat, without repetition, in the order of the alphabet."""
    match scope:
        case TagFilter(key=key, value=value):
            return TagFilter(key, value)
        case VariableFilter(name=name):
            return VariableFilter(name)
        case InFilter(key=key, values=values):
            return _joined([TagFilter(key, value) for value in values], AnyOf)
        case NotFilter(operand=operand):
            inner = canonical_filter(operand)
            return inner.operand if isinstance(inner, NotFilter) else NotFilter(inner)
        case AllOf(operands=operands):
            parts = [canonical_filter(each) for each in operands]
            return _joined([part for part in parts if part != EVERYTHING], AllOf)
        case AnyOf(operands=operands):
            parts = [canonical_filter(each) for each in operands]
            return EVERYTHING if EVERYTHING in parts else _joined(parts, AnyOf)
        case _:
            assert_never(scope)


def _joined(parts: Iterable[Filter], join: type[AllOf] | type[AnyOf]) -> Filter:
    flat: dict[str, Filter] = {}
    for part in parts:
        for each in part.operands if isinstance(part, join) else (part,):
            flat[render_filter(each)] = each
    ordered = tuple(flat[text] for text in sorted(flat))
    return ordered[0] if len(ordered) == 1 else join(ordered)


def _texts(texts: Iterable[Text]) -> tuple[Text, ...]:
    words = {word.strip().lower() for text in texts for word in text.plain.split(",")}
    return tuple(Text(word) for word in sorted(words) if word)


def _search(text: str) -> str:
    """A search with single spaces between its words; what is quoted stays as it is."""
    pieces = text.split('"')
    pieces[::2] = [" ".join(f"|{piece}|".split())[1:-1] for piece in pieces[::2]]
    return '"'.join(pieces).strip().replace('"', '\\"')


def _steps(steps: Iterable[Method]) -> tuple[Method, ...]:
    found = sorted(steps, key=lambda step: _STEP_ORDER.index(step.name))
    return tuple(Method(step.name, _step_arguments(step)) for step in found)


def _step_arguments(step: Method) -> tuple[Argument, ...]:
    if step.name in ("by", "index"):
        keys = {key.strip() for word in step.words for key in word.split(",")}
        return tuple(Text(key) for key in sorted(keys))
    plain = [Text(each.text) if isinstance(each, Word) else each for each in step.arguments]
    return _arguments(plain) if any(isinstance(each, Keyword) for each in plain) else tuple(plain)


def _condition(condition: Condition) -> Condition:
    match condition:
        case Member(monitor=monitor):
            return Member(monitor)
        case NoneOf(operand=operand):
            return NoneOf(_condition(operand))
        case Both() | Either():
            join = type(condition)
            found = {_text(each): each for part in _members(condition, join) for each in (part,)}
            joined, *rest = (found[text] for text in sorted(found))
            for each in rest:
                joined = join(joined, each)
            return joined
        case _:
            assert_never(condition)


def _members(condition: Condition, join: type[Both] | type[Either]) -> tuple[Condition, ...]:
    if isinstance(condition, join):
        return (*_members(condition.left, join), *_members(condition.right, join))
    inner = _condition(condition)
    return _members(inner, join) if isinstance(inner, join) else (inner,)


def _text(condition: Condition) -> str:
    return render_query(CompositeQuery(condition))
