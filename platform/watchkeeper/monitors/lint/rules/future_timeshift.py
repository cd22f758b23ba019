"""future-timeshift: a shift into the future."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, calls_of, has_call
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Number, plain_number


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for call in calls_of(subject, "timeshift"):
        for argument in call.arguments:
            if isinstance(argument, Number) and argument.value > 0:
                edit = Edit(QUERY, f"-{plain_number(argument.value)}", (argument.at, argument.end))
                yield Flaw(f"{plain_number(argument.value)} s lie in the future", QUERY, offset=argument.at, edit=edit)


RULE = Rule(
    id="future-timeshift",
    severity="error",
    title="A shift into the future",
    why=("A positive number of seconds shifts to what has not happened yet; there is never data."),
    fix="write negative seconds: `timeshift(query, -3600)`",
    source='Datadog documentation, "Timeshift functions"',
    applies=has_call("timeshift"),
    check=_check,
    bad='query: "avg(last_5m):timeshift(avg:system.load.1{*}, 3600) > 4"',
    good='query: "avg(last_5m):timeshift(avg:system.load.1{*}, -3600) > 4"',
)
