"""The flows that an application needs, as `watchkeeper.yaml` declares them: who opens a connection to whom, on what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from annotated_types import MaxLen, MinLen

from watchkeeper.project.service import Port, Service
from watchkeeper.project.validate import STRICT

EPHEMERAL: Final = (1024, 65535)
"""Client ports of load balancers, NAT gateways and every common system. Source: Amazon VPC user guide, network ACLs."""

Client = Literal["internet", "load_balancer", "application", "database", "broker"]
Server = Literal["internet", "load_balancer", "application", "database", "broker", "aws"]

PortWord = Literal["http", "grpc", "internal_grpc"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Connections from `client` to `server`, and their answers.

    id: the key in the file. client: who opens the connection. server: who takes the connection; `aws` are AWS's own
    services.
    ports: the server's; `http`, `grpc` and `internal_grpc` stand for those of the environment's services. protocol:
    transport of the packets. client_ports: first and last port from which the client connects; the answers go
    there.
    services: for `server: aws` the AWS services, such as `s3` or `ecr.api`; none means all that have an endpoint,
    and whatever has none by way of the internet.
    is_optional: an environment may have no such server. why: what for, shown with a finding.
    """

    __pydantic_config__ = STRICT

    id: str
    client: Client
    server: Server
    ports: Annotated[tuple[Port | PortWord, ...], MinLen(1)]
    protocol: Literal["tcp", "udp"] = "tcp"
    client_ports: Annotated[tuple[Port, ...], MinLen(2), MaxLen(2)] = EPHEMERAL
    services: tuple[str, ...] = ()
    is_optional: bool = False
    why: str = ""


def merged_flows(declared: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The flows of one environment as plain data, by id.

    declared: those of the file. overrides: what the environment and its profile say of them, or add; `needed: false`
    takes a flow out.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys((*declared, *overrides)):
        layers = [layer for layer in (declared.get(name), overrides.get(name)) if isinstance(layer, Mapping)]
        merged = {key: value for layer in layers for key, value in layer.items()}
        if merged.pop("needed", True) is not False:
            found[name] = {**merged, "id": name}
    return found


def ports_of(flow: Flow, services: Iterable[Service]) -> tuple[int, ...]:
    """The server's ports as numbers, in order; words stand for the ports of these services."""
    found: set[int] = set()
    for port in flow.ports:
        if isinstance(port, int):
            found.add(port)
        else:
            found |= {number for service in services if (number := _port_of(service, port)) is not None}
    return tuple(sorted(found))


def _port_of(service: Service, word: PortWord) -> int | None:
    match word:
        case "http":
            return service.ports.http
        case "grpc":
            return service.edge_grpc
        case "internal_grpc":
            return service.internal_grpc
