"""no-data-timeframe-short: `no_data_timeframe` shorter than twice the window."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_windowed_kind, option_number, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number
from watchkeeper.query.forms import ChangeQuery, MonitorQuery


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query, minutes = query_of(subject), option_number(subject, "no_data_timeframe") or 0.0
    if isinstance(query, MonitorQuery | ChangeQuery) and minutes * 60 < 2 * query.window_s:
        wanted = 2 * query.window_s // 60
        what = f"{plain_number(minutes)} minutes are less than twice {query.window.text} ({wanted} minutes)"
        yield Flaw(what, ("options", "no_data_timeframe"))


RULE = Rule(
    id="no-data-timeframe-short",
    severity="warning",
    title="`no_data_timeframe` shorter than twice the window",
    why=("One late point is then reported as silence. Datadog recommends at least twice the window."),
    fix="give at least twice the window in minutes",
    source='Datadog documentation, "Configure monitors", no data',
    applies=lambda subject: (
        has_windowed_kind(subject)
        and subject.options.get("notify_no_data") is True
        and bool(option_number(subject, "no_data_timeframe"))
    ),
    check=_check,
    bad="options: {notify_no_data: true, no_data_timeframe: 5}",
    good="options: {notify_no_data: true, no_data_timeframe: 10}",
)
