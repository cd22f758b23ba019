"""notify-by: `notify_by` names what the query is not grouped by."""

from collections.abc import Iterator

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import groups_of, is_read
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    keys = subject.options["notify_by"]
    groups = [group.lower() for group in groups_of(subject)]
    variables = subject.options.get("variables") or ()
    if "*" in groups or variables:
        return
    for index, key in enumerate(keys if isinstance(keys, list | tuple) else ()):
        if isinstance(key, str) and key != "*" and key.lower() not in groups:
            fix = did_you_mean(key, groups) or (
                f"known: {', '.join(groups)}" if groups else "add `by {...}` to the query"
            )
            yield Flaw(f"the query is not grouped by `{key}`", ("options", "notify_by", index), fix=fix)


RULE = Rule(
    id="notify-by",
    severity="error",
    title="`notify_by` names what the query is not grouped by",
    why=("Notifications can be bundled by the keys of the query only; Datadog refuses others."),
    fix='name keys of `by {...}`, or `["*"]`',
    source=(
        'Datadog documentation, "Notification aggregation"; holds for every monitor that Datadog ships '
        "with its integrations (2025-09)"
    ),
    applies=lambda subject: is_read(subject) and bool(subject.options.get("notify_by")),
    check=_check,
    bad='{query: "avg(last_5m):avg:system.load.1{*} by {host,env} > 4", options: {notify_by: [service]}}',
    good='{query: "avg(last_5m):avg:system.load.1{*} by {host,env} > 4", options: {notify_by: [env]}}',
)
