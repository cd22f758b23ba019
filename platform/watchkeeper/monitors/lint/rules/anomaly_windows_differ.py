"""anomaly-windows-differ: `trigger_window` is not the `alert_window` of the query."""

from collections.abc import Iterator, Mapping

from watchkeeper.monitors.lint.asking import anomalies_of, is_anomaly
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import window_of


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    settings, windows = anomalies_of(subject), subject.options.get("threshold_windows")
    trigger = windows.get("trigger_window") if isinstance(windows, Mapping) else None
    if settings is None or settings.alert_window is None or not isinstance(trigger, str):
        return
    if (window := window_of(trigger)) is None or window.seconds != settings.alert_window.seconds:
        what = f"trigger_window is {trigger}, the query says alert_window='{settings.alert_window.text}'"
        yield Flaw(what, ("options", "threshold_windows", "trigger_window"))


RULE = Rule(
    id="anomaly-windows-differ",
    severity="error",
    title="`trigger_window` is not the `alert_window` of the query",
    why=("The window stands in two places that contradict each other; in every monitor that Datadog ships they agree."),
    fix="give both the same window",
    source=(
        "holds for every monitor that Datadog ships with its integrations (2025-09); Datadog "
        'documentation, "Anomaly monitor"'
    ),
    applies=is_anomaly,
    check=_check,
    bad=(
        "{query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', "
        "alert_window='last_15m', interval=60, count_default_zero='true') >= 1\", options: {threshold_windows: "
        "{trigger_window: last_30m, recovery_window: last_15m}}}"
    ),
    good=(
        "{query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', "
        "alert_window='last_15m', interval=60, count_default_zero='true') >= 1\", options: {threshold_windows: "
        "{trigger_window: last_15m, recovery_window: last_15m}}}"
    ),
)
