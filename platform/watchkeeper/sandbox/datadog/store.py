"""What the sandbox's Datadog keeps: JSON objects in SQLite, series and logs in memory."""

from typing import Final

from watchkeeper.query.series import MemorySeries
from watchkeeper.sandbox.datadog.log_series import WithLogs
from watchkeeper.sandbox.datadog.log_store import LogStore
from watchkeeper.sandbox.objects import ObjectStore

ORG: Final = {"name": "Watchkeeper sandbox", "public_id": "sandbox"}


class Store(ObjectStore):
    """An organisation's objects, its series and its logs."""

    def __init__(self, path: str = ":memory:") -> None:
        super().__init__(path)
        self.series = MemorySeries()
        self.logs = LogStore()

    @property
    def evaluated(self) -> WithLogs:
        """What monitors are evaluated on."""
        return WithLogs(self.series, self.logs)

    def clear(self) -> None:
        """Forget everything, series and logs too."""
        super().clear()
        self.series = MemorySeries()
        self.logs.clear()
