"""slo-undeclared: an alert on an objective that nobody declares."""

from collections.abc import Iterator

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import QUERY, is_slo_alert, objective_in, slo_query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.slo.naming import is_remote_id


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    query = slo_query_of(subject)
    if query is None or is_remote_id(query.slo.plain) or objective_in(subject, context) is not None:
        return
    fix = did_you_mean(query.slo.plain, context.slos)
    yield Flaw(f"there is no objective `{query.slo.plain}`", QUERY, offset=query.slo.at, fix=fix)


RULE = Rule(
    id="slo-undeclared",
    severity="error",
    title="An alert on an objective that nobody declares",
    why=(
        "The query names neither an id of Datadog's nor an objective below `slos:`, so that there is "
        "nothing to alert on."
    ),
    fix="declare it under `slos:`, or give the id of 32 hex digits",
    source="OpenAPI of datadog-api-client 2.62.0 (ServiceLevelObjective.id); docs/reference/slos.md",
    applies=is_slo_alert,
    check=_check,
    bad=(
        "{type: slo alert, query: "
        '\'burn_rate("availability").over("30d").long_window("1h").short_window("5m") > 14.4\'}'
    ),
    good=(
        "{type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("5m") '
        "> 14.4'}"
    ),
)
