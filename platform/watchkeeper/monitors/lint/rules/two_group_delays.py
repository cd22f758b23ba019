"""two-group-delays: `new_group_delay` and `new_host_delay` together."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_option
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.options.get("new_host_delay") is not None:
        path = ("options", "new_host_delay")
        yield Flaw(
            "`new_host_delay` and `new_group_delay` exclude each other", path, on_key=True, edit=Edit(path, REMOVE)
        )


RULE = Rule(
    id="two-group-delays",
    severity="error",
    title="`new_group_delay` and `new_host_delay` together",
    why=("Only one of them may be sent; `new_group_delay` overrides the other one, even at 0."),
    fix="keep `new_group_delay`",
    source=(
        "server rule that grosser/kennel 2.22 names; holds for every monitor that Datadog ships with its "
        "integrations (2025-09)"
    ),
    applies=has_option("new_group_delay"),
    check=_check,
    bad="options: {new_group_delay: 60, new_host_delay: 300}",
    good="options: {new_group_delay: 60, new_host_delay: null}",
)
