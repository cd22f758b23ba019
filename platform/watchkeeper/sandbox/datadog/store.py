"""What the sandbox's Datadog keeps: JSON objects in SQLite, series in memory."""

from typing import Final

from watchkeeper.query.series import MemorySeries
from watchkeeper.sandbox.objects import ObjectStore

ORG: Final = {"name": "Watchkeeper sandbox", "public_id": "sandbox"}


class Store(ObjectStore):
    """An organisation's objects and its series."""

    def __init__(self, path: str = ":memory:") -> None:
        super().__init__(path)
        self.series = MemorySeries()

    def clear(self) -> None:
        """Forget everything, series too."""
        super().clear()
        self.series = MemorySeries()
