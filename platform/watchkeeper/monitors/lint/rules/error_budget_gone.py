"""error-budget-gone: an alert that waits until the whole budget is gone."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, is_slo_alert, slo_query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_ALL: Final = 100


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = slo_query_of(subject)
    if (
        query is not None
        and query.kind == "error_budget"
        and query.threshold >= _ALL
        and subject.threshold("warning") is None
    ):
        yield Flaw("nothing is left then", QUERY, offset=query.comparison.at)


RULE = Rule(
    id="error-budget-gone",
    severity="warning",
    title="An alert that waits until the whole budget is gone",
    why=(
        "The threshold is the percent of the budget that is used up; at 100 the objective is missed "
        "before anybody hears of it."
    ),
    fix="take 50 or 75, and 100 only beside an earlier one",
    source='Datadog documentation, "Error Budget Alerts"',
    applies=is_slo_alert,
    check=_check,
    bad='{type: slo alert, query: \'error_budget("0123456789abcdef0123456789abcdef").over("30d") > 100\'}',
    good='{type: slo alert, query: \'error_budget("0123456789abcdef0123456789abcdef").over("30d") > 75\'}',
)
