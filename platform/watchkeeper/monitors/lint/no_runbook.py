"""no-runbook: a monitor that wakes somebody and does not tell what to do."""

from collections.abc import Iterator

from watchkeeper.errors import Problem
from watchkeeper.monitors.model import Monitor


def check(monitor: Monitor) -> Iterator[Problem]:
    """`urgency: page` without `runbook`."""
    if monitor.urgency == "page" and not monitor.runbook:
        what = f"monitor `{monitor.identity.short}` pages people but names no runbook"
        fix = "add `runbook: https://...`, or set `urgency: notify`"
        yield Problem(what, monitor.where, fix=fix, rule="no-runbook")
