"""The Aurora cluster while minutes are played: who writes, who is gone, and what each instance publishes.

Chosen where AWS gives ranges: an unplanned failover takes 40 seconds. Source of the ranges: Amazon Aurora user guide,
"High availability for Amazon Aurora" (read 2026-11).
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from watchkeeper.project.model import Environment
from watchkeeper.sandbox import telemetry
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.workload import DatabaseProfile, DatabaseState, Load, ServiceMinute, database_minute

_WRITES: Final = 0.4
"""Of all statements; the others go to the readers while there are any."""
_MINUTE_S: Final = 60
UNPLANNED_OUTAGE_S: Final = 40


class Aurora:
    """What is known of it comes from RDS's own API, before and after each failover."""

    def __init__(self, cloud: Cloud, environment: Environment) -> None:
        self._cloud = cloud
        self._limits = (environment.database.min_acu, environment.database.max_acu)
        self._told = cloud.database()
        self._states = {name: DatabaseState(acu=self._limits[0]) for name in self._told.instances}
        self._gone: set[str] = set()
        self._outage_s = 0

    @property
    def writer(self) -> str:
        """Name of the instance that writes."""
        return self._told.instances[0]

    @property
    def _there(self) -> list[str]:
        return [name for name in self._told.instances if name not in self._gone]

    def fail_over(self, outage_s: int) -> tuple[str, str] | None:
        """Promote a reader, by the API; gives the writer before and after, None when there is no reader to promote."""
        before = self.writer
        readers = [name for name in self._there if name != before]
        if not readers:
            return None
        self._cloud.fail_over(self._told.cluster, readers[0])
        self._told = self._cloud.database()
        self._outage_s = outage_s
        return before, self.writer

    def lose_zone(self, zone: str) -> tuple[str, str] | None:
        """The zone's instance is gone; if it was the writer, a reader is promoted. Gives the failover, if there was."""
        self._gone |= {name for name in self._told.instances if self._told.zones[name] == zone}
        return self.fail_over(UNPLANNED_OUTAGE_S) if self.writer in self._gone else None

    def regain_zone(self, zone: str) -> None:
        """The zone's instance is there again, with the role that it has now."""
        self._gone -= {name for name in self._told.instances if self._told.zones[name] == zone}

    @property
    def failed_share(self) -> float:
        """Of this minute's requests: those that find no database to do their work."""
        if not self._there:
            return 1.0
        if self.writer in self._gone:
            return _WRITES
        return _WRITES * self._outage_s / _MINUTE_S

    def data(self, minutes: Sequence[ServiceMinute], slowness: float, at: int) -> Iterator[dict[str, Any]]:
        """What RDS publishes of this minute; the outage is over then. Connections count for as long as they stood."""
        up = 1 - self._outage_s / _MINUTE_S
        self._outage_s = 0
        load = Load(
            queries_per_s=sum(minute.db_queries for minute in minutes),
            connections=sum(minute.connections for minute in minutes) * up,
            slowness=slowness,
        )
        readers = len(self._there) - (self.writer in self._there)
        for name in self._there:
            is_writer = name == self.writer
            share = 1.0 if not readers else _WRITES if is_writer else (1 - _WRITES) / readers
            minute, self._states[name] = database_minute(
                load, self._states[name], self._limits, DatabaseProfile(), share, is_writer=is_writer
            )
            yield from telemetry.database_data(name, minute, at)
