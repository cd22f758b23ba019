"""The application built once; a pair of servers, their endpoints and the running application for each test."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import HAS_GO
from tests.examples.application import Application, go
from tests.examples.postgresql import PostgreSQL, programs
from tests.examples.proxy import HOST, Endpoint


@pytest.fixture(scope="session")
def program(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application as `go build` makes it."""
    assert HAS_GO, "no Go 1.26 or newer on this machine"
    out = tmp_path_factory.mktemp("app") / "app"
    built = go(root, "build", "-trimpath", "-buildvcs=false", "-o", str(out), ".")
    assert built.returncode == 0, built.stderr
    return out


@dataclass(frozen=True, slots=True)
class Cluster:
    """Two servers, `first` the primary and `second` its standby, behind a writer and a reader endpoint."""

    first: PostgreSQL
    second: PostgreSQL
    writer: Endpoint
    reader: Endpoint


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    found = programs()
    assert found, "no PostgreSQL on this machine"
    # Not below pytest's folders: these are closed to the user that the servers run as.
    folders = [Path(tempfile.mkdtemp(prefix="watchkeeper-")) for _ in range(2)]
    first, second = (PostgreSQL(found, folder) for folder in folders)
    try:
        first.create()
        first.start()
        second.copy(first)
        second.start()
        with Endpoint(HOST, 0, first.port) as writer, Endpoint("127.0.0.2", writer.port, second.port) as reader:
            yield Cluster(first, second, writer, reader)
    finally:
        for server in (first, second):
            server.end()
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def application(program: Path, cluster: Cluster, tmp_path: Path) -> Iterator[Application]:
    running = Application(program, tmp_path / "app.log", database_port=cluster.writer.port)
    try:
        running.wait_for("/readyz")
        yield running
    finally:
        if running.process.poll() is None:
            running.end()
