"""monitor-type: no type, or one that Datadog does not have."""

from collections.abc import Iterator
from typing import Final, get_args

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.model import MonitorType

_KNOWN: Final = (*get_args(MonitorType), "data-jobs alert", "llm-observability alert")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if not subject.type:
        yield Flaw("the monitor has no type", fix="add `type: query alert`, or what it is")
    elif subject.type not in _KNOWN:
        yield Flaw(f"there is no type `{subject.type}`", ("type",), fix=did_you_mean(subject.type, _KNOWN))


RULE = Rule(
    id="monitor-type",
    severity="error",
    title="No type, or one that Datadog does not have",
    why=("Datadog refuses it: \"The parameter 'type' is required\"; nothing else of the monitor can be checked."),
    fix="add one of Datadog's types",
    source=("recorded answer of POST /api/v1/monitor; OpenAPI of datadog-api-client 2.62.0, MonitorType"),
    applies=is_monitor,
    check=_check,
    bad="type: querry alert",
    good="type: query alert",
)
