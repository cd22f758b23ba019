"""The example application: built, started, both of its ports called."""

import subprocess
import uuid
from pathlib import Path

import grpc
import pytest

from tests.examples.application import Application, go
from tests.examples.conftest import Cluster

pytestmark = [pytest.mark.go, pytest.mark.postgresql]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_its_own_tests_pass(root: Path) -> None:
    """`go vet` and `go test` of the application's folder."""
    for arguments in (("vet", "./..."), ("test", "./...")):
        done = go(root, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


def test_its_module_files_name_no_proxy(root: Path) -> None:
    """Modules come from whatever proxy the machine is set up for."""
    for name in ("go.mod", "go.sum", "Dockerfile"):
        text = (root / "examples/app" / name).read_text()
        assert "://" not in text, name
        assert "proxy" not in text, name


def test_an_order_is_written_by_one_endpoint_and_read_by_the_other(application: Application) -> None:
    """Over HTTP; the same key twice is the same order."""
    key = str(uuid.uuid4())
    body = {"item": "tea"}

    first, again = (application.http.post("/orders", json=body, headers={"Idempotency-Key": key}) for _ in range(2))

    assert (first.status_code, first.json()) == (201, again.json())
    application.wait_for(f"/orders/{key}")
    assert application.http.get(f"/orders/{key}").json() == first.json()
    assert application.http.get("/reports/orders").json() == {"orders": 1}


def test_grpc_serves_orders_and_the_standard_health_service(application: Application) -> None:
    """The names `read` and `write` have states of their own; an unknown one is NOT_FOUND."""
    for name in ("", "read", "write"):
        application.wait_for_health(name, 1)
    with pytest.raises(grpc.RpcError) as unknown:
        application.health("nobody")
    with pytest.raises(grpc.RpcError) as missing:
        application.call("/orders.v1.Orders/Get", str(uuid.uuid4()))
    assert (unknown.value.code(), missing.value.code()) == (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.NOT_FOUND)


def test_a_log_line_carries_the_callers_trace(application: Application) -> None:
    """JSON with service, environment, version, and the trace in W3C's and in Datadog's form."""
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}

    answer = application.http.get("/reports/orders", headers=headers)

    (line,) = [line for line in application.lines() if line.get("trace_id") == TRACE]
    assert answer.headers["traceparent"] == f"00-{TRACE}-{line['span_id']}-01"
    wanted = {"message": "request", "status": "INFO", "service": "api", "env": "local", "version": "abc123"}
    assert wanted.items() <= line.items()
    assert (line["http.status_code"], line["dd.trace_id"]) == (200, "11803532876627986230")


def test_requests_are_counted_over_dogstatsd(application: Application) -> None:
    """With the tags that every monitor filters by."""
    application.http.get("/reports/orders")

    seen = ""
    while not seen.startswith("orders.http.requests:1|c|") or "reports" not in seen:
        seen = application.statsd.recv(1500).decode()
    assert seen == (
        "orders.http.requests:1|c|#env:local,service:api,version:abc123,route:get_/reports/orders,status:200\n"
    )


def test_a_lost_writer_leaves_the_read_path_ready(application: Application, cluster: Cluster) -> None:
    """Each path is ready or not by itself, and the process stays alive for the load balancer."""
    cluster.first.stop("immediate")

    application.wait_for("/readyz/write", 503)
    assert application.http.get("/readyz/read").status_code == 200
    assert application.http.get("/healthz").status_code == 200
    application.wait_for_health("write", 2)
    assert application.health("read") == 1


def test_connections_do_not_outlive_a_minute(root: Path) -> None:
    """Lifetime and its jitter together are bounded; idle connections are looked at often enough."""
    text = (root / "examples/app/database.go").read_text()
    seconds = {
        name: int(text.partition(f"{name} ")[2].partition("=")[2].partition("*")[0])
        for name in ("maxConnLifetime", "maxConnLifetimeJitter", "idleCheckPeriod")
    }

    assert sum(seconds.values()) <= 60


def test_sigterm_ends_it_with_exit_code_0(application: Application) -> None:
    """It says so in its log."""
    assert application.end() == 0
    assert [line["message"] for line in application.lines()][-2:] == ["stopping", "stopped"]


def test_a_wrong_setting_is_told_and_ends_it(program: Path) -> None:
    """Exit code 2, every missing variable named in one line."""
    done = subprocess.run([program], env={"PORT": "http"}, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "PORT is no port: http" in done.stdout
    assert "DATABASE_WRITER_HOST is not set" in done.stdout
