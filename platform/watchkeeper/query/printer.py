"""Queries, values to text: one spelling for each value, which the parser reads back to an equal one."""

from collections.abc import Iterable
from typing import Final, assert_never

from watchkeeper.project.references import reference_text
from watchkeeper.query.ast import (
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
    plain_number,
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

_PRODUCT: Final = ("*", "/")


def render_query(query: Query) -> str:
    """A monitor's query on one line."""
    match query:
        case MonitorQuery(aggregator=aggregator, window=window, expression=expression, comparison=comparison):
            return f"{aggregator}({window.text}):{render_expression(expression)}{_comparison(comparison)}"
        case ChangeQuery(kind=kind, aggregator=aggregator, window=window, shift=shift):
            opening = f"{kind}({aggregator}({window.text}),{shift.text})"
            return f"{opening}:{render_expression(query.expression)}{_comparison(query.comparison)}"
        case CheckQuery():
            return _check(query)
        case SearchQuery(source=source, search=search, steps=steps, comparison=comparison):
            return f"{source}({_quoted(search.text, chr(34))}){_steps(steps)}{_comparison(comparison)}"
        case FormulaQuery(expression=expression, steps=steps, comparison=comparison):
            return f'formula("{render_expression(expression)}"){_steps(steps)}{_comparison(comparison)}'
        case SloQuery():
            return _slo(query)
        case CompositeQuery(condition=condition):
            return _condition(condition)
        case _:
            assert_never(query)


def render_expression(expression: Expression) -> str:
    """An expression with no more brackets than it needs."""
    match expression:
        case Metric():
            return _metric(expression)
        case Number(value=value):
            return plain_number(value)
        case Variable(name=name):
            return name
        case Binary(operator=operator, left=left, right=right):
            return f"{_left(operator, left)} {operator} {_right(operator, right)}"
        case Negative(operand=operand):
            text = render_expression(operand)
            # A minus right before a number belongs to the number.
            bare = isinstance(operand, Binary) or (isinstance(operand, Number) and not text.startswith("-"))
            return f"-({text})" if bare or _begins_with_number(operand) else f"-{text}"
        case Call(name=name, operand=operand, arguments=arguments):
            return f"{name}({', '.join((render_expression(operand), *(_argument(each) for each in arguments)))})"
        case Modified(operand=operand, methods=methods):
            text = render_expression(operand)
            needs_brackets = isinstance(operand, Metric | Binary | Negative | Modified)
            return f"({text}){_methods(methods)}" if needs_brackets else f"{text}{_methods(methods)}"
        case _:
            assert_never(expression)


def render_filter(scope: Filter) -> str:
    """What stands between the braces; with words where it needs OR or IN, else with signs."""
    return _filter(scope, words=_needs_words(scope), inner=False)


def _begins_with_number(operand: Expression) -> bool:
    return isinstance(operand, Modified) and isinstance(operand.operand, Number)


def _left(operator: str, left: Expression) -> str:
    text = render_expression(left)
    needs_brackets = isinstance(left, Binary) and operator in _PRODUCT and left.operator not in _PRODUCT
    return f"({text})" if needs_brackets else text


def _right(operator: str, right: Expression) -> str:
    text = render_expression(right)
    if isinstance(right, Binary) and (operator in _PRODUCT or right.operator not in _PRODUCT):
        return f"({text})"
    return text


def _metric(metric: Metric) -> str:
    bounds = f"({metric.bounds})" if metric.bounds else ""
    by = f" by {{{','.join(metric.by)}}}" if metric.by else ""
    scope = render_filter(metric.scope)
    return f"{metric.aggregator}{bounds}:{metric.name}{{{scope}}}{by}{_methods(metric.methods)}"


def _methods(methods: Iterable[Method]) -> str:
    return "".join(f".{method.name}({', '.join(_argument(each) for each in method.arguments)})" for method in methods)


def _steps(steps: Iterable[Method]) -> str:
    return "".join(f".{step.name}({','.join(_argument(each, chr(34)) for each in step.arguments)})" for step in steps)


def _argument(argument: Argument, quote: str = "'") -> str:
    match argument:
        case Text(text=text):
            return _quoted(text, quote)
        case Word(text=text):
            return text
        case Keyword(name=name, value=value):
            return f"{name}={_argument(value, quote)}"
        case Keys(keys=keys):
            return f"{{{','.join(keys)}}}"
        case Items(items=items):
            return f"[{', '.join(_argument(each, quote) for each in items)}]"
        case _:
            return render_expression(argument)


def _quoted(text: str, quote: str) -> str:
    """Between the quotes one prefers, unless they stand unprotected in the text: then between the others."""
    if quote in text and quote in text.replace(f"\\{quote}", ""):
        quote = '"' if quote == "'" else "'"
    return f"{quote}{text}{quote}"


def _needs_words(scope: Filter) -> bool:
    match scope:
        case AnyOf() | InFilter():
            return True
        case NotFilter(operand=operand):
            return _needs_words(operand)
        case AllOf(operands=operands):
            return any(_needs_words(each) for each in operands)
        case TagFilter() | VariableFilter():
            return False
        case _:
            assert_never(scope)


def _filter(scope: Filter, *, words: bool, inner: bool) -> str:
    match scope:
        case TagFilter(key=key, value=value):
            return f"{key}:{value}" if value else key
        case VariableFilter(name=name):
            return f"${name}"
        case InFilter(key=key, values=values):
            return f"{key} IN ({','.join(values)})"
        case NotFilter(operand=InFilter(key=key, values=values)):
            return f"{key} NOT IN ({','.join(values)})"
        case NotFilter(operand=operand):
            return f"{'NOT ' if words else '!'}{_filter(operand, words=words, inner=True)}"
        case AllOf(operands=()):
            return "*"
        case AllOf(operands=operands):
            text = (" AND " if words else ",").join(_filter(each, words=words, inner=True) for each in operands)
        case AnyOf(operands=operands):
            text = " OR ".join(_filter(each, words=words, inner=True) for each in operands)
        case _:
            assert_never(scope)
    return f"({text})" if inner else text


def _comparison(comparison: Comparison) -> str:
    value = "threshold" if comparison.value is None else plain_number(comparison.value)
    return f" {comparison.comparator} {value}"


def _check(query: CheckQuery) -> str:
    parts = [_quoted(query.check.text, '"')]
    for name, texts in (("over", query.over), ("exclude", query.exclude), ("by", query.by)):
        if texts:
            parts.append(f"{name}({','.join(_quoted(text.text, chr(34)) for text in texts)})")
    return ".".join((*parts, f"last({query.last})", f"{query.counts}()"))


def _slo(query: SloQuery) -> str:
    parts = [f"{query.kind}({_quoted(query.slo.text, chr(34))})"]
    windows = (("over", query.over), ("long_window", query.long_window), ("short_window", query.short_window))
    parts += [f'{name}("{_length(window)}")' for name, window in windows if window is not None]
    return ".".join(parts) + _comparison(query.comparison)


def _length(window: Window) -> str:
    return f"{window.amount}{window.unit}" if window.kind == "last" else window.text


def _condition(condition: Condition) -> str:
    match condition:
        case Member(monitor=monitor):
            return reference_text("monitor", monitor) if isinstance(monitor, str) else str(monitor)
        case NoneOf(operand=operand):
            text = _condition(operand)
            return f"!({text})" if isinstance(operand, Both | Either) else f"!{text}"
        case Both(left=left, right=right):
            one = f"({_condition(left)})" if isinstance(left, Either) else _condition(left)
            other = f"({_condition(right)})" if isinstance(right, Both | Either) else _condition(right)
            return f"{one} && {other}"
        case Either(left=left, right=right):
            other = f"({_condition(right)})" if isinstance(right, Either) else _condition(right)
            return f"{_condition(left)} || {other}"
        case _:
            assert_never(condition)
