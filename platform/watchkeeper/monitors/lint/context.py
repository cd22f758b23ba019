"""What the rules know beside the monitors themselves: metrics, handles, objectives. No clock, no files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchkeeper.metrics.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """known_handles: everything a message may mention, with `@`; None where nobody knows.

    slo_targets: percent by SLO id, of the objectives that are linted together with the monitors.
    """

    catalogue: Catalogue
    known_handles: frozenset[str] | None = None
    slo_targets: Mapping[str, float] = field(default_factory=dict)
