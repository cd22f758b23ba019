"""burn-rate-windows: the short window of a burn rate is not a twelfth of the long one."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.slo.burn_rate import windows_taken
from watchkeeper.query.forms import SloQuery

_SHARE: Final = 12


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, SloQuery) or query.long_window is None or query.short_window is None:
        return
    if not windows_taken(query.long_window.seconds, query.short_window.seconds):
        return  # burn-rate-window-limits has its say
    if query.short_window.seconds * _SHARE != query.long_window.seconds:
        what = f"{query.short_window.text} is not a twelfth of {query.long_window.text}"
        yield Flaw(what, QUERY, offset=max(subject.text.find("short_window"), 0))


RULE = Rule(
    id="burn-rate-windows",
    severity="warning",
    title="The short window of a burn rate is not a twelfth of the long one",
    why=("The short window ends the alert soon after the burning ends; Datadog recommends a twelfth of the long one."),
    fix="take a twelfth: 5m for 1h, 30m for 6h, 2h for 24h",
    source=('Google, The Site Reliability Workbook, chapter 5; Datadog documentation, "Burn rate alerts"'),
    applies=lambda subject: isinstance(subject.query, SloQuery) and subject.query.kind == "burn_rate",
    check=_check,
    bad=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("10m") '
        "> 14.4'}"
    ),
    good=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("5m") '
        "> 14.4'}"
    ),
)
