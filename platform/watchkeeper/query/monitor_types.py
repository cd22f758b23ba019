"""Which form of query each type of monitor takes.

Source: Datadog's OpenAPI description of `MonitorType`, its "Monitors API" page, recorded answers; read 2026-11.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

Opening = Literal["metric", "formula", "search", "check", "slo", "composite"]

METRIC_TYPES: Final = ("query alert", "metric alert")
"""Datadog treats these two as one."""

_SEARCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "log alert": ("logs",),
    "event-v2 alert": ("events",),
    "event alert": ("events",),
    "rum alert": ("rum",),
    "trace-analytics alert": ("trace-analytics", "spans"),
    "audit alert": ("audits",),
    "process alert": ("processes",),
    "ci-pipelines alert": ("ci-pipelines",),
    "ci-tests alert": ("ci-tests",),
    "error-tracking alert": ("error-tracking", "error-tracking-rum", "error-tracking-traces", "error-tracking-logs"),
    "database-monitoring alert": ("database-monitoring",),
    "network-performance alert": ("network-performance",),
    "network-path alert": ("network-path",),
    "llm-observability alert": ("llm-observability",),
}
_FORMULAS_ONLY: Final = ("cost alert", "data-quality alert", "data-jobs alert")

SOURCES: Final = tuple(sorted({source for sources in _SEARCHED.values() for source in sources}))
"""What can be searched."""

FORMS: Final[Mapping[str, tuple[Opening, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(METRIC_TYPES, ("metric", "formula")),
        **dict.fromkeys(_SEARCHED, ("search", "formula")),
        **dict.fromkeys(_FORMULAS_ONLY, ("formula",)),
        "service check": ("check",),
        "slo alert": ("slo",),
        "composite": ("composite",),
        "synthetics alert": (),
    }
)
"""The forms of each type; a synthetic test writes its own monitor, so there is none for it."""


def sources_of(monitor_type: str) -> tuple[str, ...]:
    """What monitors of a type search; empty for a type that searches nothing."""
    return _SEARCHED.get(monitor_type, ())
