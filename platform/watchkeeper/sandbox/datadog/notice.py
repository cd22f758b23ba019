"""A transition that people are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.monitors.message import Rendered
from watchkeeper.monitors.state import Transition


@dataclass(frozen=True, slots=True)
class Notice:
    """A transition as it was rendered. monitor: Datadog's JSON. notes: what of its value is approximated."""

    monitor: Mapping[str, Any]
    transition: Transition
    rendered: Rendered
    notes: tuple[str, ...] = ()
