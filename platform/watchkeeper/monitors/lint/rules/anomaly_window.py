"""anomaly-window: the alert window is longer than the query window, or out of range."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, anomalies_of, is_anomaly, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import MonitorQuery

_LONGEST_S: Final = 14 * 86_400


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query, settings = query_of(subject), anomalies_of(subject)
    if settings is None or settings.alert_window is None or not isinstance(query, MonitorQuery):
        return
    at = subject.text.find("alert_window")
    if settings.alert_window.seconds > query.window_s:
        what = f"alert_window {settings.alert_window.text} is longer than the query's {query.window.text}"
        yield Flaw(what, QUERY, offset=at)
    elif settings.alert_window.seconds > _LONGEST_S:
        yield Flaw(f"alert_window {settings.alert_window.text} is longer than two weeks", QUERY, offset=at)


RULE = Rule(
    id="anomaly-window",
    severity="error",
    title="The alert window is longer than the query window, or out of range",
    why=(
        "Points are counted in the alert window; one that the query does not cover has points that do not "
        "exist, and two weeks are the longest."
    ),
    fix="make the query window at least as long as the alert window",
    source=(
        "holds for every monitor that Datadog ships with its integrations (2025-09); Datadog "
        'documentation, "Anomaly monitor"'
    ),
    applies=is_anomaly,
    check=_check,
    bad=(
        "query: \"avg(last_5m):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', "
        "alert_window='last_15m', interval=60, count_default_zero='true') >= 1\""
    ),
    good=(
        "query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', "
        "alert_window='last_15m', interval=60, count_default_zero='true') >= 1\""
    ),
)
