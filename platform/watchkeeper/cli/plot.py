"""A small plot of a monitor in a terminal: its value, the threshold, and the state below. Plain ASCII."""

from collections.abc import Iterator, Sequence
from typing import Final

from watchkeeper.monitors.message import format_value
from watchkeeper.monitors.unit_tests.model import Moment
from watchkeeper.monitors.unit_tests.notation import duration_text

WIDTH: Final = 54
HEIGHT: Final = 6
_SPARKS: Final = "_.:-=+*#"
_LETTERS: Final = {"OK": ".", "Warn": "W", "Alert": "A", "No Data": "?"}
_SEVERITY: Final = ("OK", "No Data", "Warn", "Alert")


def plot_lines(
    moments: Sequence[Moment], thresholds: Sequence[tuple[str, float]], marks_s: Sequence[int]
) -> Iterator[str]:
    """Lines of text. thresholds: name and value. marks_s: the instants of failed expectations."""
    columns = _columns(moments)
    values = [moment.value for moment in moments if moment.value is not None]
    limits = [value for _, value in thresholds]
    if values:
        low, high = min([*values, *limits]), max([*values, *limits])
        rows = [[" "] * len(columns) for _ in range(HEIGHT)]
        names = {}
        for name, value in thresholds:
            row = _row(value, low, high)
            rows[row] = ["-"] * len(columns)
            names[row] = name
        for index, column in enumerate(columns):
            for moment in column:
                if moment.value is not None:
                    rows[_row(moment.value, low, high)][index] = "*"
        labels = [format_value(high - (high - low) * row / (HEIGHT - 1)) for row in range(HEIGHT)]
        for row, value in ((_row(value, low, high), value) for value in limits):
            labels[row] = format_value(value)
        for row, cells in enumerate(rows):
            yield f"{labels[row]:>10} |{''.join(cells)}|{f' {names[row]}' if row in names else ''}"
    states = "".join(_LETTERS[max((moment.state for moment in column), key=_SEVERITY.index)] for column in columns)
    yield f"{'state':>10} |{states}|"
    marks = [" "] * len(columns)
    for index, column in enumerate(columns):
        if any(column[0].at_s <= at < column[-1].at_s + 60 for at in marks_s):
            marks[index] = "^"
    yield f"{'':>10}  {''.join(marks)}"
    last = duration_text(moments[-1].at_s)
    yield f"{'':>10}  0m{last:>{max(len(columns) - 2, len(last) + 1)}}"
    yield f"{'':>10}  {', '.join(f'{_LETTERS[state]} {state}' for state in _LETTERS if _LETTERS[state] in states)}"


def spark_line(samples: Sequence[tuple[int, float]], end_s: int, columns: int) -> str:
    """One line that shows the shape of a series. samples: seconds from the start, and values."""
    cells: list[list[float]] = [[] for _ in range(columns)]
    for at_s, value in samples:
        index = at_s * columns // max(1, end_s + 60)
        if index < columns:
            cells[index].append(value)
    known = [value for _, value in samples]
    low, high = min(known, default=0.0), max(known, default=0.0)
    marks = "".join(_mark(max(cell), low, high) if cell else " " for cell in cells)
    span = f"{format_value(low)} to {format_value(high)}" if known else "nothing"
    return f"{'series':>10} |{marks}| {span}"


def _mark(value: float, low: float, high: float) -> str:
    return _SPARKS[0 if high == low else round((value - low) / (high - low) * (len(_SPARKS) - 1))]


def _columns(moments: Sequence[Moment]) -> list[Sequence[Moment]]:
    size = -(-len(moments) // WIDTH)
    return [moments[first : first + size] for first in range(0, len(moments), size)]


def width_of(moments: Sequence[Moment]) -> int:
    """How many columns `plot_lines` uses."""
    return len(_columns(moments))


def _row(value: float, low: float, high: float) -> int:
    return 0 if high == low else round((high - value) / (high - low) * (HEIGHT - 1))
