"""Virtual time for the services that stamp or forget by the clock. Request signing keeps wall time."""

import time as wall
from typing import Any


class VirtualTime:
    """Stands in for the module `time` inside a service: `time()` is virtual, everything else is the real thing."""

    def __init__(self) -> None:
        self.now: float | None = None

    def time(self) -> float:
        """Virtual now in Unix seconds, wall time until it is set."""
        return wall.time() if self.now is None else self.now

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(wall, name)


CLOCK = VirtualTime()
