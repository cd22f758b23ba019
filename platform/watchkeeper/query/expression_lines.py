"""An expression as lines over a period: its metrics, its functions and its arithmetic, in Datadog's order."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial, reduce
from typing import Final
from zoneinfo import ZoneInfo

from watchkeeper.query.ast import Binary, Call, Expression, Keys, Metric, Modified, Negative, Number, Variable
from watchkeeper.query.evaluated import RANKING, SHIFTS_S, SPACE, NotEvaluatedError
from watchkeeper.query.line_functions import (
    DEFAULTS,
    LOOKING_BACK,
    POINTWISE,
    default_of,
    least_squares,
    moving_rollup,
    ranked,
    rolled_up_again,
    theil_sen,
)
from watchkeeper.query.lines import Group, Line, Lines, Value, combined, compute
from watchkeeper.query.metric_lines import filled, metric_lines
from watchkeeper.query.reduction import NAN, aggregate
from watchkeeper.query.rollup import BUCKET_S, RollupArguments, differing, fill_words, rollup_arguments
from watchkeeper.query.series import SeriesSource
from watchkeeper.query.smoothing import FITTED

_MAX_TREND_POINTS: Final = 200


def expression_lines(
    expression: Expression, source: SeriesSource, start: int, end: int, bucket_s: int = BUCKET_S
) -> Value:
    """The lines of an expression in [start, end), in buckets that begin with `start` where it names no interval.

    Raises NotEvaluatedError.
    """

    def below(part: Expression, shift_s: int = 0) -> Value:
        return expression_lines(part, source, start + shift_s, end + shift_s, bucket_s)

    match expression:
        case Number(value=value):
            return value
        case Metric():
            return metric_lines(expression, source, start, end, bucket_s)
        case Negative(operand=operand):
            return each_point(below(operand), lambda value: -value)
        case Binary(operator=operator, left=left, right=right):
            return combined(below(left), below(right), lambda x, y: compute(operator, x, y))
        case Modified(operand=operand, methods=methods):
            found = below(operand)
            for method in methods:
                found = modified(method.name, method.words, found)
            return found
        case Call(name="diff", operand=Metric() as metric):
            return below(differing(metric))
        case Call(operand=operand):
            shift_s = shift_of(expression, end)
            if shift_s is not None:
                return _moved(below(operand, shift_s), -shift_s)
            return called(expression, [below(part) for part in (operand, *queries_of(expression))])
        case Variable(name=name):
            raise NotEvaluatedError(f"the variable {name}", expression)


def queries_of(call: Call) -> list[Expression]:
    """The further queries among a function's arguments; in `max(a, 0)` a number is one."""
    if call.name not in SPACE:
        return []
    kinds = Metric | Variable | Binary | Call | Modified | Negative | Number
    return [each for each in call.arguments if isinstance(each, kinds)]


def result_keys(expression: Expression) -> tuple[str, ...]:
    """What the result of an expression is grouped by."""
    match expression:
        case Metric(by=by):
            return by
        case Call(name=name) if name in ("count_nonzero", "count_not_null"):
            return ()
        case Call(name=name) if name in SPACE and not queries_of(expression):
            return keys_of(expression)
        case Negative(operand=operand) | Modified(operand=operand):
            return result_keys(operand)
        case Call(operand=operand):
            parts = (operand, *queries_of(expression))
            return next((keys for part in parts if (keys := result_keys(part))), ())
        case Binary(left=left, right=right):
            return result_keys(left) or result_keys(right)
        case _:
            return ()


def numbers_of(call: Call) -> tuple[float, ...]:
    """The numbers among a function's arguments, in their order."""
    return tuple(each.value for each in call.arguments if isinstance(each, Number))


def keys_of(call: Call) -> tuple[str, ...]:
    """The keys that remain after a second aggregation; none where it names none."""
    return next((each.keys for each in call.arguments if isinstance(each, Keys)), ())


def shift_of(call: Call, end: int) -> int | None:
    """By how many seconds a function looks elsewhere, negative for the past; None for a function that does not."""
    if call.name in SHIFTS_S:
        return -SHIFTS_S[call.name]
    if call.name == "timeshift":
        return int(float(call.words[0]))
    if call.name == "calendar_shift":
        return _calendar_shift(call.words[0], call.words[1], end)
    return None


def _calendar_shift(shift: str, zone: str, end: int) -> int:
    local = datetime.fromtimestamp(end, ZoneInfo(zone))
    amount, unit = int(shift.rstrip("dwmo")), shift.lstrip("-0123456789")
    if unit == "mo":
        month = local.year * 12 + local.month - 1 + amount
        first = local.replace(year=month // 12, month=month % 12 + 1, day=1)
        length = ((first + timedelta(days=32)).replace(day=1) - first).days
        moved = first.replace(day=min(local.day, length))
    else:
        moved = local + timedelta(days=amount * (7 if unit == "w" else 1))
    return int(moved.timestamp()) - end


def _moved(value: Value, by_s: int) -> Value:
    if not isinstance(value, Lines):
        return value
    return value.mapped(lambda line: Line([label + by_s for label in line.labels], line.values, line.step_s))


def each_point(value: Value, change: Callable[[float], float]) -> Value:
    """Every value that is there, changed for itself."""
    if not isinstance(value, Lines):
        return NAN if math.isnan(value) else change(value)
    return value.mapped(lambda line: line.with_values([NAN if math.isnan(v) else change(v) for v in line.values]))


def called(call: Call, operands: Sequence[Value]) -> Value:
    """What a function that does not look elsewhere makes of its queries. Raises NotEvaluatedError."""
    name, value, numbers = call.name, operands[0], numbers_of(call)
    if name in POINTWISE:
        function = POINTWISE[name]
        return each_point(value, lambda each: function(each, numbers))
    if name in DEFAULTS:
        default = default_of(name, numbers)
        if not isinstance(value, Lines):
            return default if math.isnan(value) else value
        return value.mapped(lambda line: line.with_values([default if math.isnan(v) else v for v in line.values]))
    if name in SPACE and len(operands) > 1:
        return reduce(lambda one, other: combined(one, other, partial(pair, name)), operands)
    if not isinstance(value, Lines):
        return value
    if name in LOOKING_BACK:
        look = LOOKING_BACK[name]
        return value.mapped(lambda line: line.with_values(look(line)))
    return _called_on_lines(call, value, numbers)


def pair(how: str, x: float, y: float) -> float:
    """The aggregate of two values; NaN where one of them is missing."""
    return NAN if math.isnan(x) or math.isnan(y) else aggregate(how, (x, y))


def _called_on_lines(call: Call, value: Lines, numbers: tuple[float, ...]) -> Value:
    name = call.name
    texts = [word for word in call.words if not word.lstrip("-").replace(".", "", 1).isdigit()]
    if name == "rollup":
        return _rolled_up(value, rollup_arguments(call.words))
    if name == "moving_rollup":
        return value.mapped(lambda line: line.with_values(moving_rollup(line, int(numbers[0]), texts[0])))
    if name in SPACE:
        return regrouped(value, keys_of(call), texts[0] if name == "percentile" else name)
    if name in ("count_nonzero", "count_not_null"):
        return regrouped(each_point(value, lambda v: v or NAN) if name == "count_nonzero" else value, (), "count")
    if name in RANKING:
        return _ranked(call, value)
    if name == "reduce":
        return value.mapped(lambda line: line.with_values([ranked(line, texts[0])] * len(line.values)))
    if name in ("trend_line", "robust_trend"):
        return value.mapped(lambda line: line.with_values(_trend(line, is_robust=name == "robust_trend")))
    if name in FITTED:
        fit = FITTED[name]
        return value.mapped(lambda line: line.with_values(fit(line)))
    raise NotEvaluatedError(f"{name}()", call)


def modified(name: str, words: tuple[str, ...], value: Value) -> Value:
    """What a method makes of an expression that is no metric."""
    if not isinstance(value, Lines):
        return value
    if name == "rollup":
        return _rolled_up(value, rollup_arguments(words))
    if name == "fill":
        mode, limit_s = fill_words(words)
        chosen = mode or "linear"
        return value.mapped(lambda line: line.with_values(filled(line.values, chosen, limit_s // line.step_s)))
    return value


def _rolled_up(value: Lines, asked: RollupArguments) -> Lines:
    return value if asked.interval_s is None else value.mapped(lambda line: rolled_up_again(line, asked))


def regrouped(value: Value, keys: tuple[str, ...], how: str) -> Value:
    """A second aggregation over space, of the groups that agree in the keys that remain."""
    assert isinstance(value, Lines)
    members: dict[Group, list[Line]] = {}
    for group, line in value.by_group.items():
        tags = {tag.partition(":")[0]: tag for tag in group}
        if all(key in tags for key in keys):
            members.setdefault(tuple(tags[key] for key in keys), []).append(line)
    return Lines(keys, {group: _over_space(lines, how) for group, lines in members.items()})


def _over_space(lines: Sequence[Line], how: str) -> Line:
    labels = sorted({label for line in lines for label in line.labels})
    if all(line.labels == lines[0].labels for line in lines):
        columns = zip(*(line.values for line in lines), strict=True)
        return lines[0].with_values([aggregate(how, column) for column in columns])
    by_label = [dict(zip(line.labels, line.values, strict=True)) for line in lines]
    values = [aggregate(how, [each.get(label, NAN) for each in by_label]) for label in labels]
    return Line(labels, values, lines[0].step_s)


def _ranked(call: Call, value: Lines) -> Lines:
    if call.name == "top":
        count, method, order = int(float(call.words[0])), call.words[1], call.words[2]
    else:
        end, method = call.name.split("_")
        order = "desc" if end.startswith("top") else "asc"
        count = int(end.lstrip("topbm"))
    ranks = {group: ranked(line, method) for group, line in value.by_group.items()}
    known = [group for group in sorted(ranks) if not math.isnan(ranks[group])]
    kept = sorted(known, key=lambda group: -ranks[group] if order == "desc" else ranks[group])[:count]
    return Lines(value.keys, {group: value.by_group[group] for group in kept})


def _trend(line: Line, *, is_robust: bool) -> list[float]:
    known = [(float(x), y) for x, y in zip(line.labels, line.values, strict=True) if not math.isnan(y)]
    if is_robust:
        # All pairs of many points are too many; every nth point tells the same trend.
        slope, level = theil_sen(known[:: len(known) // _MAX_TREND_POINTS + 1])
    else:
        slope, level = least_squares(known)
    return [slope * label + level for label in line.labels]
