"""The incident page: the events of a timeline, and the charts of the service's first dashboard."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.dashboards import PointReader
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.commands.dashboards.reconcile import declared_dashboards
from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.session import Session
from watchkeeper.dashboards.incident import Incident, incident_page, incident_period
from watchkeeper.dashboards.panel import PanelGroup, read_panels
from watchkeeper.errors import UsageError
from watchkeeper.timeline import TimelineEvent, from_json_lines, to_json_lines

_FIRST: Final = "first"


def read_events(path: Path) -> list[TimelineEvent]:
    """The events of a JSON lines file. Raises UsageError that names file and line."""
    try:
        return list(from_json_lines(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(
            f"{path} cannot be read: {err}", "name a file of timeline events, one JSON object a line"
        ) from err
    except ValueError as err:
        raise UsageError(f"{path}, {err}", "write `at`, `kind`, `source` and `title` in each line") from err


def write_incident_page(
    session: Session, events: Sequence[TimelineEvent], report: Path, source: str, *, has_charts: bool = True
) -> Path:
    """Write the page, and the events beside it as JSON lines; gives the page's path.

    has_charts: read the charts of the service's dashboard from Datadog. Raises UsageError, ConfigError, RemoteError.
    """
    incident_id = next((event.source for event in events if _is_trigger(event)), "")
    cause = _cause(events, incident_id)
    try:
        start, end = incident_period(events, incident_id)
    except ValueError as err:
        raise UsageError("there is nothing to show: no events", "name a file with timeline events") from err
    groups: list[PanelGroup] = []
    if has_charts:
        groups = _panels(session, cause.service if cause else "", start, end)
    incident = Incident(
        env=session.environment.name,
        start=start,
        end=end,
        events=events,
        incident=incident_id,
        source=source,
        runbook=_runbook(session, cause),
        facts={"Monitor": cause.source} if cause else {},
    )
    path = report if report.is_absolute() else session.root / report
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(incident_page(incident, groups), encoding="utf-8")
    path.with_suffix(".jsonl").write_text(to_json_lines(events), encoding="utf-8")
    return path


def _is_trigger(event: TimelineEvent) -> bool:
    return event.kind == "page" and event.detail.get("status") == "triggered"


def _cause(events: Sequence[TimelineEvent], incident: str) -> TimelineEvent | None:
    """The transition that opened the incident: the last one before it that went to the same PagerDuty service."""
    trigger = next((event for event in events if event.source == incident and _is_trigger(event)), None)
    if trigger is None:
        return next((event for event in events if event.kind == "monitor"), None)
    handle = f"pagerduty-{trigger.detail.get('service')}"
    found = None
    for event in events:
        recipients = event.detail.get("recipients")
        if event.kind == "monitor" and event.at <= trigger.at and isinstance(recipients, list) and handle in recipients:
            found = event
    return found


def _panels(session: Session, service: str, start: int, end: int) -> list[PanelGroup]:
    dashboards = [each for each in declared_dashboards(session) if each.identity.id == _FIRST]
    mine = [each for each in dashboards if each.identity.service == service] or dashboards
    if not mine:
        return []
    target = session.target
    return read_panels(mine[0], PointReader(DatadogClient(endpoint(target, "datadog"))), start, end)


def _runbook(session: Session, cause: TimelineEvent | None) -> str:
    monitors = {str(each.identity): each for each in declared_monitors(session).monitors}
    monitor = monitors.get(cause.source) if cause else None
    return monitor.runbook if monitor else ""
