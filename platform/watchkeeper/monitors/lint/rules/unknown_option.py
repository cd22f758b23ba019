"""unknown-option: an option that Datadog does not know."""

from collections.abc import Iterator, Mapping
from typing import Final

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.options import NAMES

_SERVER_SIDE: Final = (
    "avalanche_window", "device_ids", "escalation_message", "locked", "queryConfig", "restriction_query", "silenced",
    "synthetics_check_id",
)  # fmt: skip
"""What Datadog itself writes into an export, or has stopped to use."""
_KNOWN: Final = frozenset((*NAMES, *_SERVER_SIDE))


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    given = subject.body.get("options")
    if given is not None and not isinstance(given, Mapping):
        yield Flaw("`options` is no object", ("options",), fix="give options by their names")
    for name in subject.options:
        if name not in _KNOWN:
            path = ("options", name)
            fix = did_you_mean(name, NAMES) or "remove it"
            yield Flaw(f"there is no option `{name}`", path, on_key=True, fix=fix)


RULE = Rule(
    id="unknown-option",
    severity="error",
    title="An option that Datadog does not know",
    why='Datadog refuses it: "Invalid monitor option: ...", or drops it without a word.',
    fix="use one of Datadog's options",
    source=(
        "OpenAPI of datadog-api-client 2.62.0, MonitorOptions; answer of the API quoted in "
        "DataDog/terraform-provider-datadog#2291"
    ),
    applies=lambda subject: is_monitor(subject) and bool(subject.body.get("options")),
    check=_check,
    bad="options: {timeout_hours: 1}",
    good="options: {timeout_h: 1}",
)
