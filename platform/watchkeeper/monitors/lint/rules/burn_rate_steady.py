"""burn-rate-steady: a burn rate at or below the steady spend."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, is_slo_alert, slo_query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = slo_query_of(subject)
    if query is not None and query.kind == "burn_rate" and query.threshold < 1:
        yield Flaw(f"a rate of {query.threshold:g} is less than was planned", QUERY, offset=query.comparison.at)


RULE = Rule(
    id="burn-rate-steady",
    severity="warning",
    title="A burn rate at or below the steady spend",
    why=(
        "At a rate of 1 the budget lasts exactly until the end of the time-frame: that is no incident, "
        "but what was planned."
    ),
    fix="take a rate above 1, such as 3 over 24 hours; for what is gone already use `error_budget`",
    source='Datadog documentation, "Burn Rate Alerts" (how they work)',
    applies=is_slo_alert,
    check=_check,
    bad=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("5m") '
        "> 0.5'}"
    ),
    good=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("5m") '
        "> 14.4'}"
    ),
)
