"""basic-with-seasonality: a seasonality for the algorithm that has none."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, anomalies_of, is_anomaly
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_ARGUMENT: Final = re.compile(r"\s*,\s*seasonality\s*=\s*(['\"])\w+\1")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    settings = anomalies_of(subject)
    found = _ARGUMENT.search(subject.text)
    if settings is not None and settings.algorithm == "basic" and settings.seasonality and found:
        edit = Edit(QUERY, "", found.span())
        at = subject.text.find("seasonality")
        yield Flaw(f"'basic' knows no seasonality, {settings.seasonality} does nothing", QUERY, offset=at, edit=edit)


RULE = Rule(
    id="basic-with-seasonality",
    severity="warning",
    title="A seasonality for the algorithm that has none",
    why=("The algorithm 'basic' does not know seasons: the argument does nothing, and the reader believes it does."),
    fix="remove `seasonality`, or choose 'agile' or 'robust'",
    source='Datadog documentation, "Anomaly monitor"',
    applies=is_anomaly,
    check=_check,
    bad=(
        "query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2, direction='above', "
        "alert_window='last_15m', interval=60, count_default_zero='true', seasonality='daily') >= 1\""
    ),
    good=(
        "query: \"avg(last_4h):anomalies(avg:system.load.1{*}, 'agile', 2, direction='above', "
        "alert_window='last_15m', interval=60, count_default_zero='true', seasonality='daily') >= 1\""
    ),
)
