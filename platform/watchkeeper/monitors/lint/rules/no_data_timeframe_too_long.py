"""no-data-timeframe-too-long: `no_data_timeframe` of more than a day."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import has_option, option_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_LONGEST_MIN: Final = 24 * 60


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    minutes = option_number(subject, "no_data_timeframe")
    if minutes is None or minutes > _LONGEST_MIN:
        given = subject.options["no_data_timeframe"]
        yield Flaw(f"{given} minutes are more than a day", ("options", "no_data_timeframe"))


RULE = Rule(
    id="no-data-timeframe-too-long",
    severity="error",
    title="`no_data_timeframe` of more than a day",
    why=(
        "Groups are forgotten after 24 hours of silence, so that nothing is left to notify about; Datadog refuses it."
    ),
    fix="give at most 1440 minutes",
    source="server rule that grosser/kennel 2.22 names",
    applies=has_option("no_data_timeframe"),
    check=_check,
    bad="options: {notify_no_data: true, no_data_timeframe: 2000}",
    good="options: {notify_no_data: true, no_data_timeframe: 20}",
)
