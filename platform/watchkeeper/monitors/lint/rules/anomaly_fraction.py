"""anomaly-fraction: the threshold of an anomaly monitor is no share of points."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, comparison_of, is_anomaly
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    comparison = comparison_of(subject)
    if comparison is None or comparison.value is None:
        return
    if comparison.value > 1 or (comparison.value == 1 and comparison.comparator == ">"):
        what = f"a share of points is never {comparison.comparator} {plain_number(comparison.value)}"
        yield Flaw(what, QUERY, offset=comparison.at)


RULE = Rule(
    id="anomaly-fraction",
    severity="error",
    title="The threshold of an anomaly monitor is no share of points",
    why=(
        "The value is the share of points outside of the band, between 0 and 1; a threshold beyond it is never reached."
    ),
    fix="compare with `>= 1` for all points, `>= 0.5` for half of them",
    source='Datadog documentation, "Anomaly monitor"',
    applies=is_anomaly,
    check=_check,
    bad=(
        "query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', "
        "alert_window='last_15m', interval=60, count_default_zero='true') >= 2\""
    ),
    good=(
        "query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', "
        "alert_window='last_15m', interval=60, count_default_zero='true') >= 1\""
    ),
)
