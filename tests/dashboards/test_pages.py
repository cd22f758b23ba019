"""Charts and the incident page: pure functions of events and points."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.conftest import CHROMIUM
from watchkeeper.dashboards.chart import chart_svg, summary
from watchkeeper.dashboards.incident import Incident, incident_page, incident_period
from watchkeeper.dashboards.lanes import lanes_of
from watchkeeper.dashboards.model import Threshold
from watchkeeper.dashboards.panel import Line, Panel, PanelGroup
from watchkeeper.dashboards.scale import number, number_ticks, time_ticks
from watchkeeper.timeline import EventKind, TimelineEvent

START = 1_764_000_000
HOSTILE = "<script>alert('x')</script>&\"'"


def event(minute: int, kind: EventKind, source: str, title: str = "t", **detail: Any) -> TimelineEvent:
    return TimelineEvent(at=START + minute * 60, kind=kind, source=source, title=title, detail=detail)


def incident_events(name: str = "Bo") -> list[TimelineEvent]:
    page: dict[str, Any] = {"number": 1, "service": "api", "about": f"[Triggered] {name} fails"}
    monitor: dict[str, Any] = {"from": "OK", "to": "Alert", "group": [], "recipients": ["pagerduty-api"], "value": 0.5}
    scaled: dict[str, Any] = {"from": 2, "to": 4, "cause": "AlarmHigh"}
    return [
        event(0, "fault", "aurora-slow"),
        event(2, "monitor", "p/e/api/edge-5xx", **monitor),
        event(2, "page", "Q1", **page, status="triggered", assignees=[name]),
        event(7, "page", "Q1", **page, status="escalated", assignees=["Dara"]),
        event(9, "page", "Q1", **page, status="acknowledged", assignees=["Dara"]),
        event(10, "scaling", "service/e/api", **scaled),
        event(20, "fault", "aurora-slow"),
        event(25, "monitor", "p/e/api/edge-5xx", **{**monitor, "from": "Alert", "to": "OK"}),
        event(25, "page", "Q1", **page, status="resolved", assignees=["Dara"]),
    ]


def panel(values: list[float | None], title: str = "CPU") -> Panel:
    points = [(START + index * 60, value) for index, value in enumerate(values)]
    return Panel(title, "%", [Line("average", points)], thresholds=[Threshold("m", ">", 90, "error")])


def page(events: list[TimelineEvent], title: str = "CPU") -> str:
    start, end = incident_period(events, "Q1")
    incident = Incident(env="local", start=start, end=end, events=events, incident="Q1")
    return incident_page(incident, [PanelGroup(title, [panel([1.0, 2.0, None, 95.0], title)])])


def test_axes_carry_round_numbers_and_full_minutes() -> None:
    """Steps of 1, 2 or 5 times a power of ten; time on whole steps."""
    assert number_ticks(0, 0.52) == [0.0, 0.2, 0.4, 0.6]
    assert number_ticks(0, 9_700) == [0, 5000, 10000]
    assert [at % 1800 for at in time_ticks(START, START + 2 * 3600, 4)] == [0] * 5
    assert [number(value) for value in (0.05, 1500, 12_000, 3_000_000)] == ["0.05", "1.5k", "12k", "3M"]


def test_a_gap_breaks_the_line_instead_of_being_bridged() -> None:
    """Missing data must look missing: one piece before, one dot after."""
    svg = ET.fromstring(chart_svg(panel([1.0, 2.0, None, 3.0]), START, START + 600))  # noqa: S314 - our own text

    assert len(svg.findall("path[@class='line c1']")) == 1
    assert len(svg.findall("circle[@class='dot c1']")) == 1


def test_a_threshold_is_drawn_unless_it_would_flatten_the_line() -> None:
    """At 50 % the line at 90 % is shown; at 2 % it would only squeeze the chart."""
    assert "limit error" in chart_svg(panel([50.0, 40.0]), START, START + 600)
    assert "limit error" not in chart_svg(panel([2.0, 1.0]), START, START + 600)


def test_a_chart_says_in_words_what_it_shows() -> None:
    """For those who cannot see it; an empty one says so."""
    assert summary(panel([1.0, 5.0])) == "average from 1 to 5, highest at 16:01"
    assert "no data" in chart_svg(panel([None, None]), START, START + 600)


def test_each_lane_shows_what_lasted_and_who_was_paged() -> None:
    """A fault, the monitor that pages, the incident with its people, the scaled service."""
    lanes = lanes_of(incident_events(), START - 600, START + 3600)

    assert [lane.name for lane in lanes] == [
        "fault: aurora-slow",
        "pages: api/edge-5xx",
        "incident #1: api",
        "scaling: service/e/api",
    ]
    assert [(bar.start - START, (bar.end or 0) - START) for bar in lanes[1].bars] == [(120, 1500)]
    assert [mark.text for mark in lanes[2].marks] == ["Bo", "Dara"]
    assert [mark.text for mark in lanes[3].marks] == ["2→4"]


def test_the_page_tells_who_when_and_how_long() -> None:
    """23 minutes from 16:02 to 16:25; Bo, then Dara; acknowledged after 7 minutes."""
    text = page(incident_events())

    assert "triggered at 16:02, resolved at 16:25 UTC, 23 minutes" in text
    assert "Bo (16:02), then Dara (16:07)" in text
    assert "after 7 min" in text


def test_the_legend_has_the_colour_of_the_line() -> None:
    """A warning's threshold is not drawn as the one that pages."""
    limits = [Threshold("cpu", ">", 85, "warning"), Threshold("cpu", ">", 90, "error")]
    events = incident_events()
    incident = Incident(env="local", start=START, end=START + 600, events=events, incident="Q1")

    text = incident_page(incident, [PanelGroup("g", [replace(panel([1.0, 95.0]), thresholds=limits)])])

    assert re.findall(r'class="limit-name (\w+)">(.*?)<', text) == [
        ("warning", "cpu &gt; 85"),
        ("error", "cpu &gt; 90"),
    ]
    assert re.findall(r'class="limit (\w+)"', text) == ["warning", "error"]


def test_hostile_names_stay_text() -> None:
    """Titles come from people and machines; none of it becomes markup."""
    text = page(incident_events(HOSTILE), HOSTILE)

    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_page_asks_for_nothing_else() -> None:
    """No script, no link that is loaded, no picture from elsewhere."""
    text = page(incident_events())

    assert not any(each in text for each in ("<script", "<link", "<img", "url(", "@import", "http://", "src="))


@pytest.mark.browser
def test_a_browser_renders_the_page_without_a_complaint(tmp_path: Path) -> None:
    """Chromium draws every chart and writes nothing to its console."""
    file = tmp_path / "incident.html"
    file.write_text(page(incident_events()), encoding="utf-8")
    assert CHROMIUM is not None
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command = [CHROMIUM, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run([*command, file.as_uri()], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.count("<svg") == 2
    assert "CONSOLE" not in done.stderr
