"""burn-rate-window-limits: windows of a burn rate that Datadog does not take."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, is_slo_alert, slo_query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.slo.burn_rate import LONG_S, windows_taken


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = slo_query_of(subject)
    if query is None or query.long_window is None or query.short_window is None:
        return
    long_s, short_s = query.long_window.seconds, query.short_window.seconds
    if windows_taken(long_s, short_s):
        return
    is_long = not LONG_S[0] <= long_s <= LONG_S[1]
    what = "the long window lasts 1 to 48 hours" if is_long else "the short window is not shorter than the long one"
    yield Flaw(what, QUERY, offset=max(subject.text.find("long_window" if is_long else "short_window"), 0))


RULE = Rule(
    id="burn-rate-window-limits",
    severity="error",
    title="Windows of a burn rate that Datadog does not take",
    why="Datadog takes a long window of 1 to 48 hours, and a short one that is shorter than it.",
    fix="take 1h and 5m, 6h and 30m, or 24h and 120m",
    source='Datadog documentation, "Burn Rate Alerts" (monitor creation)',
    applies=is_slo_alert,
    check=_check,
    bad=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("72h").short_window("120m") '
        "> 1.5'}"
    ),
    good=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("24h").short_window("120m") '
        "> 1.5'}"
    ),
)
