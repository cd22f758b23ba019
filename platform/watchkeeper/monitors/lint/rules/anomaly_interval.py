"""anomaly-interval: the interval leaves fewer than five points in the alert window."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, anomalies_of, is_anomaly
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_POINTS: Final = 5


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    settings = anomalies_of(subject)
    if settings is None or settings.alert_window is None or settings.interval_s is None:
        return
    if settings.interval_s * _POINTS > settings.alert_window.seconds:
        what = (
            f"an interval of {settings.interval_s} s leaves fewer than {_POINTS} points in {settings.alert_window.text}"
        )
        yield Flaw(what, QUERY, offset=settings.alert_window.at or subject.text.find("interval"))


RULE = Rule(
    id="anomaly-interval",
    severity="error",
    title="The interval leaves fewer than five points in the alert window",
    why=("The share of points outside of the band means nothing with so few; no monitor that Datadog ships has fewer."),
    fix="give an interval of at most a fifth of the alert window",
    source="holds for every monitor that Datadog ships with its integrations (2025-09)",
    applies=is_anomaly,
    check=_check,
    bad=(
        "query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', "
        "alert_window='last_15m', interval=600, count_default_zero='true') >= 1\""
    ),
    good=(
        "query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', "
        "alert_window='last_15m', interval=60, count_default_zero='true') >= 1\""
    ),
)
