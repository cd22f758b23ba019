"""two-no-data-ways: `on_missing_data` beside the older no-data options."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_option
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for name in ("notify_no_data", "no_data_timeframe"):
        if subject.options.get(name) not in (None, False):
            path = ("options", name)
            yield Flaw(f"`{name}` and `on_missing_data` exclude each other", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="two-no-data-ways",
    severity="error",
    title="`on_missing_data` beside the older no-data options",
    why=("Datadog refuses `on_missing_data` together with `notify_no_data` or `no_data_timeframe`."),
    fix="keep `on_missing_data`",
    source=(
        "OpenAPI of datadog-api-client 2.62.0, OnMissingDataOption; holds for every monitor that Datadog "
        "ships with its integrations (2025-09)"
    ),
    applies=has_option("on_missing_data"),
    check=_check,
    bad="options: {on_missing_data: show_no_data, notify_no_data: true}",
    good="options: {on_missing_data: show_no_data, notify_no_data: false}",
)
