"""Two real servers swap their roles under load: writes come back, reads never fail, nothing acknowledged is lost."""

import logging
import threading
import time
import uuid
from types import TracebackType
from typing import Self

import httpx
import pytest

from tests.examples.application import Application
from tests.examples.conftest import Cluster

pytestmark = [pytest.mark.go, pytest.mark.postgresql]
RECOVERY_S = 10.0
log = logging.getLogger(__name__)


class Load:
    """Writes and reads one after the other in two threads for as long as a `with` block lasts."""

    def __init__(self, application: Application) -> None:
        self._url = str(application.http.base_url)
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=target) for target in (self._write, self._read)]
        self.written: list[tuple[float, str]] = []
        self.refused: list[int] = []
        self.reads: list[int] = []

    def _write(self) -> None:
        with httpx.Client(base_url=self._url, timeout=15, trust_env=False) as http:
            while not self._ends.wait(0.02):
                key = str(uuid.uuid4())
                answer = http.post("/orders", json={"item": "tea"}, headers={"Idempotency-Key": key})
                if answer.status_code == 201:
                    self.written.append((time.monotonic(), key))
                else:
                    self.refused.append(answer.status_code)

    def _read(self) -> None:
        with httpx.Client(base_url=self._url, timeout=15, trust_env=False) as http:
            while not self._ends.wait(0.02):
                self.reads.append(http.get("/reports/orders").status_code)

    def wait_for_a_write_after(self, at: float) -> float:
        """Seconds from `at` to the first write that was acknowledged later."""
        limit = time.monotonic() + 30
        while time.monotonic() < limit:
            for written, _ in self.written:
                if written > at:
                    return written - at
            time.sleep(0.02)
        raise AssertionError(f"no write came back; refused: {self.refused}")

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        time.sleep(0.5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join()


def all_are_there(load: Load, application: Application) -> bool:
    keys = [key for _, key in load.written]
    limit = time.monotonic() + 10
    while application.http.get("/reports/orders").json()["orders"] < len(keys) and time.monotonic() < limit:
        time.sleep(0.05)
    return all(application.http.get(f"/orders/{key}").status_code == 200 for key in keys)


def test_writes_are_back_within_ten_seconds_of_a_failover_and_reads_never_fail(
    application: Application, cluster: Cluster
) -> None:
    """The primary goes, the standby takes over, the old primary comes back as its standby.

    The writer endpoint lags a second behind and points to what has become a reader, as a name does whose record is
    still cached.
    """
    with Load(application) as load:
        gone = time.monotonic()
        cluster.first.stop()
        stopped = time.monotonic()
        cluster.second.promote()
        cluster.first.follow(cluster.second)
        cluster.first.start()
        time.sleep(1)
        cluster.reader.point_to(cluster.first.port)
        cluster.writer.point_to(cluster.second.port)
        back_s = load.wait_for_a_write_after(stopped) + stopped - gone
        time.sleep(1)

    log.info("writes back after %.1f s; %d reads, %d writes", back_s, len(load.reads), len(load.written))
    assert back_s < RECOVERY_S
    assert set(load.reads) == {200}
    assert load.refused == []
    assert all_are_there(load, application)


def test_a_writer_that_turns_read_only_under_live_connections_is_waited_for(
    application: Application, cluster: Cluster
) -> None:
    """No connection is cut: the refusal of a write alone (SQLSTATE 25006) empties the pool and is tried again."""
    with Load(application) as load:
        cluster.first.sql("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
        application.wait_for("/readyz/write", 503)
        before = len(load.written)
        cluster.first.sql("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")
        back_s = load.wait_for_a_write_after(time.monotonic())

    assert back_s < RECOVERY_S
    assert (load.refused, len(load.written) > before) == ([], True)
    assert set(load.reads) == {200}
    assert "25006" in str([line.get("error") for line in application.lines()])


def test_a_reader_that_crashes_fails_no_read(application: Application, cluster: Cluster) -> None:
    """The reader endpoint moves to the one server that is left."""
    with Load(application) as load:
        cluster.second.stop("immediate")
        time.sleep(1)
        cluster.reader.point_to(cluster.first.port)
        time.sleep(1)

    assert set(load.reads) == {200}
    assert load.refused == []
