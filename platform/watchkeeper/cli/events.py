"""One event of the timeline as a line of text."""

import sys

from watchkeeper.cli.terminal import colour
from watchkeeper.timeline import TimelineEvent, utc_text

_TINTS = {"monitor": "yellow", "scaling": "blue", "fault": "red", "page": "magenta"}


def event_line(event: TimelineEvent) -> str:
    """An event with its time, its kind and its evidence, for people."""
    kind = colour(f"{event.kind:<12}", _TINTS.get(event.kind, "dim"), sys.stderr)
    return f"{utc_text(event.at)}  {kind}  {event.title}{_proof(event)}"


def _proof(event: TimelineEvent) -> str:
    """The evidence behind an event: ids, and the figures that an alarm saw."""
    detail = event.detail
    recipients = detail.get("recipients")
    if isinstance(recipients, list):
        to = ", ".join(f"@{name}" for name in recipients) if recipients else "nobody"
        return f"  (monitor {detail['monitor']}, to {to})"
    points = detail.get("datapoints")
    if isinstance(points, list):
        alarm = "AlarmHigh" if "AlarmHigh" in str(detail["cause"]) else "AlarmLow"
        shown = ", ".join("none" if each is None else f"{each:.4g}" for each in points[-3:])
        return f"  ({alarm} of policy `{detail['policy']}`: {shown} against {detail['threshold']:g})"
    return f"  (incident {event.source})" if event.kind == "page" else ""
