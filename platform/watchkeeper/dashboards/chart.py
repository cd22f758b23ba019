"""A chart as SVG: readable without a script, in print, in light and dark. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from watchkeeper.dashboards.panel import Line, Panel, Point
from watchkeeper.dashboards.scale import Scale, bounds, clock, number, number_ticks, tick_name, time_ticks
from watchkeeper.timeline import utc_text

WIDTH: Final = 420
HEIGHT: Final = 168
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 8, 20
COLOURS: Final = 6
_THINNEST = 1.5


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded period on every chart, such as from the first alert to the recovery."""

    start: int
    end: int
    css: str = "incident"


def chart_svg(panel: Panel, start: int, end: int, bands: Sequence[Band] = ()) -> str:
    """A panel between two instants. All text is escaped; colours come from CSS variables."""
    values = [value for line in panel.lines for _, value in line.points if value is not None]
    limits = [threshold.value for threshold in panel.thresholds]
    ticks = number_ticks(*bounds(values, limits))
    x = Scale(start, end, _LEFT, WIDTH - _RIGHT)
    y = Scale(ticks[0], ticks[-1], HEIGHT - _BOTTOM, _TOP)
    parts = [*_bands(bands, x, start, end), *_grid(ticks, x, y, start, end)]
    for index, line in enumerate(panel.lines):
        parts += _line(line, panel, x, y, f"c{index % COLOURS + 1}")
    for threshold in panel.thresholds:
        if ticks[0] <= threshold.value <= ticks[-1]:
            place = y(threshold.value)
            parts.append(
                f'<line class="limit {threshold.severity}" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" '
                f'y1="{place:.1f}" y2="{place:.1f}"><title>{escape(threshold.monitor)} '
                f"{escape(threshold.comparator)} {number(threshold.value)}</title></line>"
            )
    if not values:
        text = "no points" if panel.refused else "no data"
        parts.append(f'<text class="empty" x="{WIDTH / 2}" y="{HEIGHT / 2}">{text}</text>')
    name = escape(f"{panel.title}, {panel.unit}" if panel.unit else panel.title)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}: {escape(summary(panel))}">'
        + "".join(parts)
        + "</svg>"
    )


def summary(panel: Panel) -> str:
    """What somebody who cannot see the chart is told: for each line its range and where it peaks."""
    texts = []
    for line in panel.lines:
        known = [(value, at) for at, value in line.points if value is not None]
        if known:
            top, at = max(known, key=lambda each: each[0])
            low = min(known)[0]
            texts.append(f"{line.label} from {number(low)} to {number(top)}, highest at {clock(at)}")
    texts += panel.refused
    return "; ".join(texts) or "no data"


def _bands(bands: Sequence[Band], x: Scale, start: int, end: int) -> Iterator[str]:
    for band in bands:
        left, right = max(band.start, start), min(band.end, end)
        if left < right:
            # Five minutes of a month must still be seen.
            width = max(_THINNEST, x(right) - x(left))
            yield (
                f'<rect class="band {escape(band.css)}" x="{x(left):.1f}" width="{width:.1f}" '
                f'y="{_TOP}" height="{HEIGHT - _TOP - _BOTTOM}"/>'
            )


def _grid(ticks: Sequence[float], x: Scale, y: Scale, start: int, end: int) -> Iterator[str]:
    for value in ticks:
        place = y(value)
        yield f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{place:.1f}" y2="{place:.1f}"/>'
        yield f'<text class="tick y" x="{_LEFT - 5}" y="{place + 3.5:.1f}">{number(value)}</text>'
    for at in time_ticks(start, end, 6):
        place = x(at)
        if _LEFT + 12 <= place <= WIDTH - _RIGHT - 12:
            yield f'<text class="tick x" x="{place:.1f}" y="{HEIGHT - 6}">{tick_name(at, end - start)}</text>'


def _line(line: Line, panel: Panel, x: Scale, y: Scale, css: str) -> Iterator[str]:
    base = y(max(0.0, y.low))
    if panel.display == "bars":
        yield f'<path class="bars {css}" d="{_bars(line.points, x, y, base)}"/>'
        return
    for piece in _pieces(line.points):
        path = "L".join(f"{x(at):.1f},{y(value):.1f}" for at, value in piece)
        if len(panel.lines) == 1 or panel.display == "area":
            left, right = x(piece[0][0]), x(piece[-1][0])
            yield f'<path class="area {css}" d="M{left:.1f},{base:.1f}L{path}L{right:.1f},{base:.1f}Z"/>'
        if len(piece) == 1:
            yield f'<circle class="dot {css}" cx="{x(piece[0][0]):.1f}" cy="{y(piece[0][1]):.1f}" r="1.8"/>'
        else:
            yield f'<path class="line {css}" d="M{path}"/>'


def _pieces(points: Sequence[Point]) -> Iterator[list[tuple[int, float]]]:
    """Points without a gap between them."""
    piece: list[tuple[int, float]] = []
    for at, value in points:
        if value is None:
            if piece:
                yield piece
            piece = []
        else:
            piece.append((at, value))
    if piece:
        yield piece


def _bars(points: Sequence[Point], x: Scale, y: Scale, base: float) -> str:
    step = min((later[0] - one[0] for one, later in pairwise(points)), default=60)
    width = max(0.6, (x(x.low + step) - x(x.low)) * 0.8)
    return "".join(
        f"M{x(at):.1f},{base:.1f}V{y(value):.1f}h{width:.1f}V{base:.1f}Z" for at, value in points if value is not None
    )


def period_text(start: int, end: int) -> str:
    """`2026-11-24T17:56:00Z to 2026-11-24T19:55:00Z`."""
    return f"{utc_text(start)} to {utc_text(end)}"
