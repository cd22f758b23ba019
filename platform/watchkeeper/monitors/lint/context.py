"""What the rules know beside the monitors themselves: metrics, handles, objectives. No clock, no files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.metrics.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """known_handles: everything a message may mention, with `@`; None where nobody knows.

    slos: objectives as Datadog's JSON, of those that are linted together with the monitors: by their ids, the declared
    ones by `service/id` or `id`.
    """

    catalogue: Catalogue
    known_handles: frozenset[str] | None = None
    slos: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
