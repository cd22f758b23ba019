"""What fired, who was paged, what scaled and what broke, on one time axis. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from watchkeeper.dashboards.scale import Scale, clock, time_ticks
from watchkeeper.timeline import TimelineEvent

WIDTH: Final = 1280
_LEFT: Final = 240
_ROW: Final = 22
_AXIS: Final = 22
_LABEL: Final = 38
"""Characters of a lane's name that fit beside it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasted. end None: it had not ended."""

    start: int
    end: int | None
    css: str
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at an instant."""

    at: int
    css: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One row."""

    name: str
    bars: Sequence[Bar] = ()
    marks: Sequence[Mark] = ()


_STATES: Final = {"Alert": "alert", "Warn": "warn", "No Data": "nodata"}


def lanes_of(events: Sequence[TimelineEvent], start: int, end: int) -> list[Lane]:
    """One lane for each fault, monitor (in the order in which they fired), incident and scaled service."""
    inside = [event for event in events if start <= event.at <= end]

    def of(kind: str) -> dict[str, list[TimelineEvent]]:
        sources = _sources(inside, kind)
        return {source: [each for each in inside if (each.kind, each.source) == (kind, source)] for source in sources}

    lanes = [Lane(f"fault: {source}", _spans(found)) for source, found in of("fault").items()]
    lanes += [_monitor_lane(source, found) for source, found in of("monitor").items()]
    lanes += [_page_lane(source, found) for source, found in of("page").items()]
    for source, activities in of("scaling").items():
        marks = [
            Mark(each.at, _direction(each), each.title, f"{each.detail['from']}→{each.detail['to']}")
            for each in activities
        ]
        lanes.append(Lane(f"scaling: {activities[0].service or source}", marks=marks))
    return lanes


def _sources(events: Sequence[TimelineEvent], kind: str) -> list[str]:
    return list(dict.fromkeys(event.source for event in events if event.kind == kind))


def _spans(events: Sequence[TimelineEvent]) -> list[Bar]:
    """A fault begins and ends in turns."""
    bars = []
    for index in range(0, len(events), 2):
        end = events[index + 1].at if index + 1 < len(events) else None
        bars.append(Bar(events[index].at, end, "fault", events[index].title))
    return bars


def _monitor_lane(source: str, events: Sequence[TimelineEvent]) -> Lane:
    open_since: dict[str, TimelineEvent] = {}
    bars = []
    for event in events:
        group = str(event.detail.get("group"))
        before = open_since.pop(group, None)
        if before is not None:
            bars.append(Bar(before.at, event.at, _css(before), before.title))
        if event.detail.get("to") != "OK":
            open_since[group] = event
    bars += [Bar(event.at, None, _css(event), event.title) for event in open_since.values()]
    is_page = any(str(name).startswith("pagerduty-") for event in events for name in _names(event))
    short = source.partition("/")[2].partition("/")[2] or source
    service, _, name = short.rpartition("/")
    shown = name if service in ("", "_") else f"{service}/{name}"
    return Lane(f"{'pages' if is_page else 'notifies'}: {shown}", bars)


def _names(event: TimelineEvent) -> Sequence[object]:
    found = event.detail.get("recipients")
    return found if isinstance(found, list) else []


def _css(event: TimelineEvent) -> str:
    return _STATES.get(str(event.detail.get("to")), "warn")


def _page_lane(source: str, events: Sequence[TimelineEvent]) -> Lane:
    marks = []
    bars = []
    first = events[0]
    status = ""
    since = first.at
    for event in events:
        if status in ("triggered", "acknowledged"):
            bars.append(Bar(since, event.at, status, f"{status} until {clock(event.at)}"))
        now = str(event.detail.get("status"))
        status = "triggered" if now in ("triggered", "escalated", "retriggered") else now
        since = event.at
        if now in ("triggered", "escalated", "retriggered"):
            people = event.detail.get("assignees")
            text = str(people[0]).split()[0] if isinstance(people, list) and people else ""
            marks.append(Mark(event.at, "page", event.title, text))
    if status in ("triggered", "acknowledged"):
        bars.append(Bar(since, None, status, f"still {status}"))
    number = first.detail.get("number")
    return Lane(f"incident #{number}: {first.detail.get('service')}" if number else f"dropped: {source}", bars, marks)


def _direction(event: TimelineEvent) -> str:
    before, after = event.detail.get("from"), event.detail.get("to")
    return "out" if isinstance(before, int) and isinstance(after, int) and after > before else "in"


def lanes_svg(lanes: Sequence[Lane], start: int, end: int) -> str:
    """The lanes below each other, names at their left."""
    height = len(lanes) * _ROW + _AXIS
    x = Scale(start, end, _LEFT, WIDTH - 10)
    parts: list[str] = []
    for at in time_ticks(start, end, 12):
        parts.append(f'<line class="grid" x1="{x(at):.1f}" x2="{x(at):.1f}" y1="0" y2="{height - _AXIS}"/>')
        parts.append(f'<text class="tick x" x="{x(at):.1f}" y="{height - 6}">{clock(at)}</text>')
    for number, lane in enumerate(lanes):
        parts += _lane(lane, number * _ROW, x, start, end)
    names = "; ".join(lane.name for lane in lanes)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="lanes: {escape(names)}">{"".join(parts)}</svg>'


def _lane(lane: Lane, top: int, x: Scale, start: int, end: int) -> Iterator[str]:
    name = lane.name if len(lane.name) <= _LABEL else f"{lane.name[: _LABEL - 1]}…"
    yield f'<line class="row" x1="0" x2="{WIDTH}" y1="{top + _ROW}" y2="{top + _ROW}"/>'
    yield f'<text class="lane" x="4" y="{top + 15}">{escape(name)}</text>'
    for bar in lane.bars:
        left, right = x(max(bar.start, start)), x(min(bar.end or end, end))
        yield (
            f'<rect class="bar {escape(bar.css)}" x="{left:.1f}" y="{top + 5}" width="{max(2.0, right - left):.1f}" '
            f'height="{_ROW - 10}" rx="2"><title>{escape(bar.title)}</title></rect>'
        )
    places = [x(mark.at) for mark in lane.marks]
    for mark, place, after in zip(lane.marks, places, [*places, WIDTH + 100.0][1:], strict=True):
        yield (
            f'<circle class="mark {escape(mark.css)}" cx="{place:.1f}" cy="{top + _ROW / 2}" r="4">'
            f"<title>{clock(mark.at)} {escape(mark.title)}</title></circle>"
        )
        if mark.text and after - place > 7 * len(mark.text) + 12:
            yield f'<text class="note" x="{place + 7:.1f}" y="{top + 15}">{escape(mark.text)}</text>'
