"""What the reconcile engine must know about a kind of object: pure functions, one table row a kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from watchkeeper.errors import Location
from watchkeeper.project.identity import Identity

Body = Mapping[str, Any]
"""An object as the service's API speaks it: JSON values, and `Ref` where another object's id will stand."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of remote object.

    name: in the singular, as people say it. identify: whose object a remote body is, None when it is not managed.
    remote_id: the service's id of a body. normalise: the managed fields of a body in a form in which equal means
    equal; applied to both sides. title: how a body is called. replaces_on: managed fields that cannot be updated.
    is_adoptable: whether an orphan with the same title is taken over when an identity is missing (a rename).
    """

    name: str
    identify: Callable[[Body], Identity | None]
    remote_id: Callable[[Body], str]
    normalise: Callable[[Body], Mapping[str, Any]]
    title: Callable[[Body], str]
    replaces_on: frozenset[str] = frozenset()
    is_adoptable: bool = True


@dataclass(frozen=True, slots=True)
class Desired:
    """A declared object. body: what shall be sent. where: the file and line it comes from. moved_from: former names."""

    kind: str
    identity: Identity
    body: Body
    where: Location
    moved_from: tuple[Identity, ...] = ()


class Store(Protocol):
    """Where objects of one kind live: the vendor's API, or the sandbox's."""

    def list(self) -> Sequence[Body]:
        """Every object that could be ours. Raises RemoteError."""
        ...

    def create(self, body: Body) -> Body:
        """Make one; gives it as the service answers. Raises RemoteError."""
        ...

    def update(self, remote_id: str, body: Body) -> Body:
        """Change one. Raises RemoteError."""
        ...

    def delete(self, remote_id: str) -> None:
        """Remove one; one that is gone already is no error. Raises RemoteError."""
        ...
