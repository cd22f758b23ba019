"""option-not-for-type: an option that this type of monitor does not take."""

from collections.abc import Iterator, Mapping
from typing import Final

from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.monitor_types import FORMS

_SEARCHED: Final = (
    "audit alert", "ci-pipelines alert", "ci-tests alert", "cost alert", "data-jobs alert", "data-quality alert",
    "database-monitoring alert", "error-tracking alert", "event-v2 alert", "llm-observability alert", "log alert",
    "metric alert", "network-path alert", "network-performance alert", "query alert", "rum alert",
    "trace-analytics alert",
)  # fmt: skip
_ONLY: Final[Mapping[str, tuple[str, ...]]] = {
    "on_missing_data": _SEARCHED,
    "threshold_windows": ("query alert", "metric alert"),
    "variables": _SEARCHED,
    "min_failure_duration": ("synthetics alert",),
    "min_location_failed": ("synthetics alert",),
}
"""Option: the types that take it."""


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for name, types in _ONLY.items():
        if subject.options.get(name) is not None and subject.type not in types:
            path = ("options", name)
            yield Flaw(f"a `{subject.type}` takes no `{name}`", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="option-not-for-type",
    severity="error",
    title="An option that this type of monitor does not take",
    why='Datadog refuses it: "Invalid monitor option: ...".',
    fix="remove the option",
    source=(
        "answer of the API quoted in DataDog/terraform-provider-datadog#2291; OpenAPI of datadog-api- "
        "client 2.62.0, MonitorOptions"
    ),
    applies=lambda subject: subject.type in FORMS and any(subject.options.get(name) is not None for name in _ONLY),
    check=_check,
    bad="{type: composite, query: 12 && 34, options: {on_missing_data: default}}",
    good="{type: composite, query: 12 && 34, options: {on_missing_data: null}}",
)
