"""The review of an incident as one page that needs nothing else: no request, no script, no Datadog. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from watchkeeper.dashboards.chart import COLOURS, Band, chart_svg, period_text
from watchkeeper.dashboards.lanes import lanes_of, lanes_svg
from watchkeeper.dashboards.panel import PanelGroup
from watchkeeper.dashboards.scale import clock, number
from watchkeeper.timeline import TimelineEvent, utc_text

BEFORE_S: Final = 45 * 60
AFTER_S: Final = 45 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What the page is about. start, end: of what is shown, Unix seconds. source: where the record comes from.

    incident: its id in PagerDuty; empty when nobody was paged. facts: further `name: value` for the header.
    """

    env: str
    start: int
    end: int
    events: Sequence[TimelineEvent]
    incident: str = ""
    source: str = ""
    runbook: str = ""
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def pages(self) -> list[TimelineEvent]:
        """What happened to the incident in PagerDuty."""
        return [event for event in self.events if event.kind == "page" and event.source == self.incident]

    def when(self, status: str) -> int | None:
        """The first instant at which the incident had a status."""
        return next((event.at for event in self.pages if event.detail.get("status") == status), None)


def incident_period(events: Sequence[TimelineEvent], incident: str) -> tuple[int, int]:
    """What is shown of a day: from before the first sign to after the recovery. Raises ValueError without events."""
    mine = [event for event in events if event.source == incident]
    around = mine or [event for event in events if event.kind in ("monitor", "fault")] or list(events)
    if not around:
        raise ValueError("there are no events")
    first, last = around[0].at, around[-1].at
    faults = [event.at for event in events if event.kind == "fault" and first - BEFORE_S <= event.at <= last]
    return min([first, *faults]) - BEFORE_S, last + AFTER_S


def incident_page(incident: Incident, groups: Sequence[PanelGroup]) -> str:
    """The page as HTML."""
    start, end = incident.start, incident.end
    shown = [event for event in incident.events if start <= event.at <= end]
    triggered, resolved = incident.when("triggered"), incident.when("resolved")
    bands = [Band(triggered, resolved or end)] if triggered is not None else []
    charts = [
        {
            "title": group.title,
            "panels": [
                {
                    "title": panel.title,
                    "unit": panel.unit,
                    "svg": Markup(chart_svg(panel, start, end, bands)),  # noqa: S704 - chart_svg escapes its texts
                    "legend": [
                        {"label": line.label, "css": f"c{index % COLOURS + 1}"}
                        for index, line in enumerate(panel.lines)
                    ],
                    "limits": [
                        {"text": f"{each.monitor} {each.comparator} {number(each.value)}", "css": each.severity}
                        for each in panel.thresholds
                    ],
                    "refused": panel.refused,
                }
                for panel in group.panels
            ],
        }
        for group in groups
    ]
    return _template().render(
        title=_title(incident),
        lead=_lead(incident, triggered, resolved),
        is_resolved=resolved is not None,
        env=incident.env,
        facts=_facts(incident, triggered, resolved),
        runbook=incident.runbook,
        period=period_text(start, end),
        lanes=Markup(lanes_svg(lanes_of(incident.events, start, end), start, end)),  # noqa: S704 - lanes_svg escapes
        groups=charts,
        rows=[_row(event) for event in shown],
        source=incident.source,
    )


def _title(incident: Incident) -> str:
    if not incident.pages:
        return f"{incident.env}: nobody was paged"
    about = str(incident.pages[0].detail.get("about", ""))
    return about.partition("] ")[2] or about


def _lead(incident: Incident, triggered: int | None, resolved: int | None) -> str:
    if triggered is None:
        return "No incident was opened in this period."
    number_text = incident.pages[0].detail.get("number")
    if resolved is None:
        return f"Incident #{number_text} was triggered at {clock(triggered)} UTC and is not resolved."
    minutes = (resolved - triggered) // 60
    times = f"triggered at {clock(triggered)}, resolved at {clock(resolved)} UTC, {minutes} minutes"
    return f"Incident #{number_text}: {times}."


def _facts(incident: Incident, triggered: int | None, resolved: int | None) -> list[tuple[str, str]]:
    found = []
    if triggered is not None:
        found.append(("Triggered", utc_text(triggered)))
        acknowledged = incident.when("acknowledged")
        if acknowledged is not None:
            found.append(("Acknowledged", f"{utc_text(acknowledged)}, after {(acknowledged - triggered) // 60} min"))
        found.append(("Resolved", utc_text(resolved) if resolved is not None else "not yet"))
        paged = []
        for event in incident.pages:
            people = event.detail.get("assignees")
            if event.detail.get("status") in ("triggered", "escalated", "retriggered") and isinstance(people, list):
                paged.append(f"{', '.join(str(person) for person in people)} ({clock(event.at)})")
        found.append(("Paged", ", then ".join(paged)))
        found.append(("PagerDuty", f"{incident.pages[0].detail.get('service')}, incident {incident.incident}"))
    return [*found, *incident.facts.items()]


def _row(event: TimelineEvent) -> dict[str, str]:
    evidence = event.detail.get("cause") or ""
    recipients = event.detail.get("recipients")
    if isinstance(recipients, list) and recipients:
        evidence = "to " + ", ".join(str(name) for name in recipients)
    value = event.detail.get("value")
    if isinstance(value, int | float):
        evidence = f"value {number(float(value))}; {evidence}" if evidence else f"value {number(float(value))}"
    css = str(event.detail.get("to", "")).lower().replace(" ", "") if event.kind == "monitor" else event.kind
    return {"at": utc_text(event.at), "kind": event.kind, "title": event.title, "evidence": str(evidence), "css": css}


@lru_cache(maxsize=1)
def _template() -> Template:
    text = (files("watchkeeper.dashboards") / "incident.html.j2").read_text()
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        text
    )
