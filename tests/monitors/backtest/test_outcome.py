"""Pages, warnings, time in alert and flaps."""

from watchkeeper.monitors.backtest.outcome import group_outcomes, pages_by_hour
from watchkeeper.monitors.rules import State
from watchkeeper.monitors.state import Transition

START = 1_767_571_200
"""A Monday, midnight."""


def change(
    minute: int, previous: State, current: State, *, notifies: bool = True, is_renotify: bool = False
) -> Transition:
    return Transition(
        at=START + 60 * minute,
        group=("host:a",),
        previous=previous,
        current=current,
        value=1.0,
        threshold=1.0,
        first_triggered=None,
        notifies=notifies,
        is_renotify=is_renotify,
    )


COURSE = [
    change(1, "No Data", "OK", notifies=False),
    change(10, "OK", "Warn"),
    change(12, "Warn", "Alert"),
    change(42, "Alert", "Alert", is_renotify=True),
    change(50, "Alert", "OK"),
    change(60, "OK", "Alert"),
    change(65, "Alert", "OK"),
    change(100, "OK", "No Data"),
    change(120, "No Data", "Alert"),
]


def test_pages_warnings_repeats_and_flaps_are_counted_apart() -> None:
    """No Data that is told is a page; a page ten minutes after a recovery is a flap."""
    (found,) = group_outcomes(COURSE, START, START + 60 * 130)

    assert (found.pages, found.warnings, found.repeats, found.flaps) == (4, 1, 1, 1)


def test_the_time_in_alert_runs_over_repetitions_and_to_the_end_of_the_period() -> None:
    """38 + 5 + 10 minutes."""
    (found,) = group_outcomes(COURSE, START, START + 60 * 130)

    assert found.alert_s == 60 * (38 + 5 + 10)
    assert [((alert.start - START) // 60, alert.end and (alert.end - START) // 60) for alert in found.alerts] == [
        (12, 50),
        (60, 65),
        (100, None),
    ]


def test_the_week_begins_on_monday_at_midnight_utc() -> None:
    """Seven rows of 24 hours."""
    table = pages_by_hour([START, START + 3600 * 25, START + 3600 * 24 * 6 + 3599])

    assert [(day, hour) for day, row in enumerate(table) for hour, count in enumerate(row) if count] == [
        (0, 0),
        (1, 1),
        (6, 0),
    ]
