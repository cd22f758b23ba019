"""Service checks."""

from typing import Any

import pytest

from watchkeeper.monitors.alerting import MonitorMemory, run_monitor
from watchkeeper.monitors.service_check import CheckRules, check_rules, check_state, cluster_state
from watchkeeper.query.series import MemorySeries

OK, WARNING, CRITICAL, UNKNOWN = range(4)
START = 1_764_000_000
CHECK = '"db.up".over("env:prod").by("host").last(4).count_by_status()'


def rules(**thresholds: float) -> CheckRules:
    return check_rules({"thresholds": thresholds})


@pytest.mark.parametrize(
    ("before", "statuses", "after"),
    [
        ("OK", [CRITICAL, CRITICAL], "OK"),
        ("OK", [CRITICAL, CRITICAL, CRITICAL], "Alert"),
        ("OK", [CRITICAL, OK, CRITICAL, CRITICAL], "OK"),
        ("OK", [OK, WARNING], "Warn"),
        ("Alert", [CRITICAL, OK], "Alert"),
        ("Alert", [CRITICAL, OK, OK], "OK"),
        ("Alert", [CRITICAL, UNKNOWN], "Alert"),
    ],
    ids=str,
)
def test_a_state_needs_as_many_runs_in_a_row_as_its_threshold_says(
    before: Any, statuses: list[int], after: str
) -> None:
    """Critical 3, warning 1, ok 2."""
    assert check_state(rules(critical=3, warning=1, ok=2), before, statuses) == after


def test_unknown_runs_count_where_a_threshold_is_given() -> None:
    """Two of them are No Data."""
    assert check_state(rules(unknown=2), "OK", [UNKNOWN, UNKNOWN]) == "No Data"


@pytest.mark.parametrize(
    ("statuses", "after"),
    [([OK] * 9 + [CRITICAL], "OK"), ([OK] * 7 + [CRITICAL] * 3, "Alert"), ([OK] * 8 + [WARNING] * 2, "Warn")],
    ids=["one-in-ten", "three-in-ten", "two-warn"],
)
def test_a_cluster_alert_looks_at_the_share_of_groups(statuses: list[int], after: str) -> None:
    """More than 20 percent critical is an alert, more than 10 not OK a warning."""
    assert cluster_state(rules(critical=20, warning=10), "OK", statuses) == after


def play(runs: list[int | None], query: str = CHECK, minutes: int = 0, **options: Any) -> list[tuple[int, str, bool]]:
    """One run a minute, then silence; gives (minute, state, whether people are told)."""
    source, memory, found = MemorySeries(), MonitorMemory(), list[tuple[int, str, bool]]()
    definition = {"type": "service check", "query": query, "options": options}
    for minute in range(max(len(runs), minutes)):
        status = runs[minute] if minute < len(runs) else None
        if status is not None:
            source.add("db.up", frozenset({"env:prod", "host:a"}), START + 60 * minute, status)
        memory, changes = run_monitor(definition, memory, source, START + 60 * (minute + 1))
        found += [(minute + 1, change.current, change.notifies) for change in changes]
    return found


def test_a_check_alerts_after_consecutive_failures_and_recovers() -> None:
    """Critical 2, ok 1."""
    found = play([OK, CRITICAL, CRITICAL, OK], thresholds={"critical": 2, "warning": 1, "ok": 1})

    assert found == [(1, "OK", False), (3, "Alert", True), (4, "OK", True)]


def test_a_silent_check_is_no_data_after_its_time_frame() -> None:
    """Two minutes after the last run."""
    found = play([OK], minutes=4, notify_no_data=True, no_data_timeframe=2)

    assert found == [(1, "OK", False), (2, "No Data", True)]


def test_runs_outside_of_the_scope_are_not_seen() -> None:
    """`over` must match, `exclude` must not."""
    assert play([CRITICAL], '"db.up".over("env:dev").by("host").last(1).count_by_status()') == []
    assert play([CRITICAL], '"db.up".over("*").exclude("host:a").by("host").last(1).count_by_status()') == []
