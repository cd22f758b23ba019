"""log-no-data-timeframe: a log monitor with `no_data_timeframe`."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_type
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.options.get("no_data_timeframe") is not None:
        path = ("options", "no_data_timeframe")
        yield Flaw("a log monitor takes no `no_data_timeframe`", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="log-no-data-timeframe",
    severity="error",
    title="A log monitor with `no_data_timeframe`",
    why=("The option belongs to metric monitors; the web form refuses such a log monitor ever after."),
    fix="use `on_missing_data`",
    source=(
        "server rule that grosser/kennel 2.22 names; holds for every monitor that Datadog ships with its "
        "integrations (2025-09)"
    ),
    applies=has_type("log alert"),
    check=_check,
    bad=(
        '{type: log alert, query: \'logs("status:error").index("*").rollup("count").last("5m") > 4\', '
        "options: {notify_no_data: true, no_data_timeframe: 20}}"
    ),
    good=(
        '{type: log alert, query: \'logs("status:error").index("*").rollup("count").last("5m") > 4\', '
        "options: {notify_no_data: true, no_data_timeframe: null}}"
    ),
)
