"""A picture as SVG: zones are columns, tiers are rows, and lanes beside them say who reaches whom. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from watchkeeper.topology.model import TITLES
from watchkeeper.topology.picture import TIER_TITLES, Edge, Picture, Place, Row

_COLUMN: Final = 270
_LINE: Final = 26
_MARGIN: Final = 24
_TOP: Final = 96
_LANE: Final = 34
_GAP: Final = 20
_COLOURS: Final = {
    "load_balancer": "#8250df",
    "nat": "#57606a",
    "application": "#0969da",
    "database": "#1a7f37",
    "broker": "#9a6700",
    "aws": "#bc4c00",
    "other": "#57606a",
}
_FILLS: Final = {"public": "#f6f0ff", "private": "#eef6ff", "isolated": "#effaf1"}
_STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#1f2328}.small{font-size:11px;fill:#57606a}"
    ".head{font-weight:600}.title{font-size:17px;font-weight:600}.item{fill:#fff;font-size:12px}"
    ".lane{stroke:#57606a;stroke-width:1.5;fill:none;marker-end:url(#head)}"
)
_HEAD: Final = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#57606a"/></marker></defs>'
)


def svg(picture: Picture) -> str:
    """A document of its own that needs nothing else."""
    heights = [_height(row) for row in picture.rows]
    tops = [_TOP + sum(heights[:index]) + _GAP * index for index in range(len(heights))]
    inner = len(picture.zones) * _COLUMN
    lanes = [edge for edge in picture.edges if _row_of(picture, edge.client) != _row_of(picture, edge.server)]
    width = _MARGIN * 2 + inner + 20 + _LANE * max(len(lanes), 2) + _MARGIN
    bottom = (tops[-1] + heights[-1] if tops else _TOP) + _GAP
    notes = list(_notes(picture, lanes))
    height = bottom + 18 * len(notes) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<title>Topology of {escape(picture.env)}</title>",
        f"<style>{_STYLE}</style>",
        _HEAD,
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(_MARGIN, 30, f"{picture.env}: VPC {picture.cidr}", "title"),
        _text(_MARGIN + inner + 24, 34, "internet", "head"),
        *(_text(_MARGIN + index * _COLUMN + 12, _TOP - 12, zone, "head") for index, zone in enumerate(picture.zones)),
    ]
    for row, top, tall in zip(picture.rows, tops, heights, strict=True):
        parts += _row(picture, row, top, tall)
    middles = {index: top + tall // 2 for index, (top, tall) in enumerate(zip(tops, heights, strict=True))}
    for index, edge in enumerate(lanes):
        parts += _lane(picture, index + 1, edge, _MARGIN + inner + 34 + index * _LANE, middles)
    parts += [_text(_MARGIN, bottom + 12 + 18 * index, note, "small") for index, note in enumerate(notes)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _height(row: Row) -> int:
    return 62 + _LINE * max((len(place.items) for place in row.places), default=0)


def _row(picture: Picture, row: Row, top: int, tall: int) -> Iterator[str]:
    width = len(picture.zones) * _COLUMN
    yield f'<rect x="{_MARGIN}" y="{top}" width="{width}" height="{tall}" rx="8" fill="{_FILLS[row.tier]}"/>'
    yield _text(_MARGIN + 12, top + 18, TIER_TITLES[row.tier], "small")
    for place in row.places:
        yield from _place(place, _MARGIN + picture.zones.index(place.zone) * _COLUMN + 8, top + 26, tall - 34)


def _place(place: Place, x: int, y: int, tall: int) -> Iterator[str]:
    width = _COLUMN - 16
    yield f'<rect x="{x}" y="{y}" width="{width}" height="{tall}" rx="6" fill="#fff" stroke="#d0d7de"/>'
    yield _text(x + 10, y + 17, f"{place.name}  {place.cidr}", "small")
    for index, item in enumerate(place.items):
        top = y + 26 + index * _LINE
        fill = _COLOURS.get(item.kind, _COLOURS["other"])
        yield f'<rect x="{x + 8}" y="{top}" width="{width - 16}" height="{_LINE - 5}" rx="4" fill="{fill}"/>'
        yield _text(x + 16, top + 15, _cut(item.label), "item", whole=item.label)


def _lane(picture: Picture, number: int, edge: Edge, x: int, middles: Mapping[int, int]) -> Iterator[str]:
    ends = [_row_of(picture, kind) for kind in (edge.client, edge.server)]
    start, end = (middles.get(row, 44) for row in ends)
    middle = (start + end) // 2
    yield f'<path class="lane" d="M{x} {start}V{end}"/>'
    yield f'<circle cx="{x}" cy="{middle}" r="10" fill="#fff" stroke="#57606a"/>'
    yield f'<text class="small" x="{x}" y="{middle + 4}" text-anchor="middle">{number}</text>'


def _row_of(picture: Picture, kind: str) -> int:
    """The row in which a kind stands; -1 above all of them."""
    for index, row in enumerate(picture.rows):
        if any(item.kind == kind for place in row.places for item in place.items):
            return index
    return -1


def _notes(picture: Picture, lanes: Sequence[Edge]) -> Iterator[str]:
    for index, edge in enumerate(lanes):
        yield f"{index + 1}  {_flow(edge)}"
    yield from (f"within a tier: {_flow(edge)}" for edge in picture.edges if edge not in lanes)
    yield from (f"{what} to {host} by Firehose" for what, host in picture.pipes)


def _flow(edge: Edge) -> str:
    return f"{TITLES[edge.client]} to {TITLES[edge.server]}: {', '.join(edge.ports)}"


def _cut(text: str, width: int = 36) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _text(x: int, y: int, text: str, style: str, whole: str = "") -> str:
    title = f"<title>{escape(whole)}</title>" if whole and whole != text else ""
    return f'<text class="{style}" x="{x}" y="{y}">{escape(text)}{title}</text>'
