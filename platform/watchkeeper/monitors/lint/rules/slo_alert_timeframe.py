"""slo-alert-timeframe: an alert over a time-frame for which the objective has no target."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, is_slo_alert, objective_in, slo_query_of, targets_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.slo.objective import timeframe_of


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    query, objective = slo_query_of(subject), objective_in(subject, context)
    if query is None or objective is None:
        return
    targets = targets_of(objective)
    timeframe = timeframe_of(query)
    if targets and timeframe not in targets:
        what = f"no target over {timeframe}, only over {', '.join(targets)}"
        yield Flaw(what, QUERY, offset=query.over.at)


RULE = Rule(
    id="slo-alert-timeframe",
    severity="error",
    title="An alert over a time-frame for which the objective has no target",
    why="A burn rate is measured against the target of that time-frame; without one there is no budget.",
    fix="take a time-frame that the objective has a target for, or add one to its `thresholds`",
    source='Datadog documentation, "Burn Rate Alerts" (time_window: which target is used)',
    applies=is_slo_alert,
    check=_check,
    bad=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("90d").long_window("1h").short_window("5m") '
        "> 14.4'}"
    ),
    good=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("5m") '
        "> 14.4'}"
    ),
)
