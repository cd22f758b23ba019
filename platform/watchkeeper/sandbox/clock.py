"""Virtual time: the sandbox's clock stands still until the conductor moves it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """Virtual now, in Unix seconds. The conductor sets it; everything else in the sandbox only reads it."""

    now: int

    def __post_init__(self) -> None:
        self.now = int(self.now)
