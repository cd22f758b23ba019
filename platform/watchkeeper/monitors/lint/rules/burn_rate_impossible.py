"""burn-rate-impossible: a burn rate that cannot be reached."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, objective_in, slo_query_of, targets_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.slo.objective import timeframe_of
from watchkeeper.query.forms import SloQuery


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    query, objective = slo_query_of(subject), objective_in(subject, context)
    if query is None or query.comparison.value is None or objective is None:
        return
    target = targets_of(objective).get(timeframe_of(query))
    if target is None or not 0 < target < 100:  # noqa: PLR2004 - percent
        return
    most = 100 / (100 - target)
    if query.comparison.value >= most:
        what = f"a target of {target:g} % burns at {most:.4g} at most, never above {query.comparison.value:g}"
        yield Flaw(what, QUERY, offset=query.comparison.at)


RULE = Rule(
    id="burn-rate-impossible",
    severity="error",
    title="A burn rate that cannot be reached",
    why=("If every request fails, the budget burns at 1 / (1 - target); a threshold above it never fires."),
    fix="take a smaller factor, or a tighter objective",
    source=(
        'Datadog documentation, "Burn Rate Alerts" (maximum burn rate values: creation is blocked); Google, The Site '
        "Reliability Workbook, chapter 5: at a target of 93 % a factor of 14.4 is more than all requests"
    ),
    applies=lambda subject: isinstance(subject.query, SloQuery) and subject.query.kind == "burn_rate",
    check=_check,
    bad=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("5m") '
        "> 144'}"
    ),
    good=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("5m") '
        "> 14.4'}"
    ),
)
