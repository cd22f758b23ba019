"""What a describer is given: one resource of a template, and the APIs to ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Described = Mapping[str, Any]
Clients = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class About:
    """id: the physical id. given: the template's properties, resolved. client: boto3's client of a service."""

    id: str
    given: Mapping[str, Any]
    client: Clients

    def one(self, service: str, operation: str, key: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401
        """The only object that an operation tells under `key`. Raises LookupError when there is none."""
        found = getattr(self.client(service), operation)(**arguments)[key]
        if not found:
            raise LookupError(f"{operation} tells nothing of it")
        first: Mapping[str, Any] = found[0]
        return first


Describer = Callable[[About], Described]
