"""The declared flows of an environment with their ports as numbers."""

from watchkeeper.project.flows import ports_of
from watchkeeper.project.model import Environment
from watchkeeper.topology.boxes import PROTOCOL_NUMBERS
from watchkeeper.topology.path import Need


def needs_of(environment: Environment) -> tuple[Need, ...]:
    """One Need for each flow, in the order of the file."""
    return tuple(
        Need(
            id=flow.id,
            client=flow.client,
            server=flow.server,
            protocol=PROTOCOL_NUMBERS[flow.protocol],
            ports=ports_of(flow, environment.services),
            client_ports=(flow.client_ports[0], flow.client_ports[1]),
            services=flow.services,
            is_optional=flow.is_optional,
            why=flow.why,
        )
        for flow in environment.flows
    )
