"""The example application as a process, and what it says."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import grpc
import httpx
from google.protobuf.wrappers_pb2 import StringValue

from tests.examples.postgresql import HOST, NAME, PASSWORD, free_port

SOURCE = "examples/app"


def go(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Go in the application's folder; its caches stay inside the checkout."""
    cache = root / ".cache" / "go"
    environ = {
        **os.environ, "GOCACHE": str(cache / "build"), "GOMODCACHE": str(cache / "mod"), "GOFLAGS": "-modcacherw",
        "GOTOOLCHAIN": "local", "CGO_ENABLED": "0",
    }  # fmt: skip
    command = ["go", *arguments]
    return subprocess.run(command, cwd=root / SOURCE, env=environ, capture_output=True, text=True, check=False)


class Application:
    """One running application. database_port: of the writer's endpoint on 127.0.0.1 and the reader's on 127.0.0.2."""

    def __init__(self, program: Path, log: Path, *, database_port: int) -> None:
        self._log = log
        self.statsd = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.statsd.bind((HOST, 0))
        self.statsd.settimeout(5)
        self.http_port, self.grpc_port = free_port(), free_port()
        environ = {
            "ENV": "local", "SERVICE": "api", "DD_VERSION": "abc123", "BIND_HOST": HOST,
            "PORT": str(self.http_port), "GRPC_PORT": str(self.grpc_port),
            "DATABASE_WRITER_HOST": HOST, "DATABASE_READER_HOST": "127.0.0.2", "DATABASE_PORT": str(database_port),
            "DATABASE_NAME": "postgres", "DATABASE_USER": NAME, "DATABASE_PASSWORD": PASSWORD,
            "DATABASE_SSLMODE": "disable", "DD_DOGSTATSD_URL": f"udp://{HOST}:{self.statsd.getsockname()[1]}",
        }  # fmt: skip
        with log.open("wb") as output:
            self.process = subprocess.Popen([program], env=environ, stdout=output, stderr=subprocess.STDOUT)
        self.http = httpx.Client(base_url=f"http://{HOST}:{self.http_port}", timeout=15, trust_env=False)
        self.channel = grpc.insecure_channel(f"{HOST}:{self.grpc_port}", options=[("grpc.enable_http_proxy", 0)])

    def wait_for(self, path: str, status: int = 200) -> None:
        """Until `path` answers `status`."""
        limit = time.monotonic() + 30
        while time.monotonic() < limit:
            try:
                if self.http.get(path).status_code == status:
                    return
            except httpx.TransportError:
                assert self.process.poll() is None, self._log.read_text()
            time.sleep(0.05)
        raise AssertionError(f"{path} never answered {status}: {self._log.read_text()}")

    def lines(self) -> list[dict[str, Any]]:
        """Its log so far."""
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def call(self, method: str, text: str = "") -> bytes:
        """A unary gRPC call whose request has one text as its first field. Raises grpc.RpcError."""
        # A StringValue is a message with one text in field 1: equal on the wire.
        invoke = self.channel.unary_unary(method, request_serializer=StringValue.SerializeToString)
        answer: bytes = invoke(StringValue(value=text), timeout=15)
        return answer

    def wait_for_health(self, service: str, state: int) -> None:
        """Until the health service answers `state`; it follows the readiness four times a second."""
        limit = time.monotonic() + 30
        while self.health(service) != state:
            assert time.monotonic() < limit, f"{service} never was {state}: {self._log.read_text()}"
            time.sleep(0.05)

    def health(self, service: str) -> int:
        """The standard health service's answer: 1 serving, 2 not serving."""
        answer = self.call("/grpc.health.v1.Health/Check", service)
        return answer[1] if answer else 0

    def end(self) -> int:
        """Ask it to stop; gives its exit code."""
        self.channel.close()
        self.http.close()
        self.statsd.close()
        self.process.terminate()
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
