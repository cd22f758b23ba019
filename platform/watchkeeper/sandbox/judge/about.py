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
        """The first object that an operation tells under `key`. Raises LookupError when there is none."""
        return self.that(service, operation, key, {}, **arguments)

    def that(
        self,
        service: str,
        operation: str,
        key: str,
        known_by: Mapping[str, Any],
        **arguments: Any,  # noqa: ANN401
    ) -> Mapping[str, Any]:
        """The object with these values; the emulator does not filter everywhere. Raises LookupError."""
        for found in getattr(self.client(service), operation)(**arguments)[key]:
            if all(found.get(name) == value for name, value in known_by.items()):
                return dict(found)
        raise LookupError(f"{operation} tells nothing of it")


Describer = Callable[[About], Described]
