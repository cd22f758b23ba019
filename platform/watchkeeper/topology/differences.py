"""What differs between two environments: as declared, and in the templates that follow from it. Pure.

Names, accounts, regions and addresses within the VPC are those of the environment, so that they differ in every
resource; they are compared by what they mean, and only the declared values themselves are shown.
"""

import dataclasses
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from watchkeeper.project.model import Environment
from watchkeeper.topology.templates import Resource, Templates

MISSING: Final = "-"

_CIDR: Final = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}\b")
_KEYS: Final = ("Key", "Name", "id", "Id", "PolicyName", "Sid", "MetricName", "Namespace")
"""Properties by which items of a list are known, so that one more in the middle does not move the others."""
_METADATA: Final = "AWS::CDK::Metadata"


@dataclass(frozen=True, slots=True, order=True)
class Declared:
    """A setting of watchkeeper.yaml that differs. path: as in the file, such as `network.nat`."""

    path: str
    left: str
    right: str


@dataclass(frozen=True, slots=True, order=True)
class Changed:
    """A property that differs. stack: without the environment's name. path: within the properties."""

    stack: str
    resource: str
    type: str
    path: str
    left: str
    right: str


@dataclass(frozen=True, slots=True, order=True)
class Alone:
    """A resource that only one of the two has."""

    stack: str
    resource: str
    type: str


@dataclass(frozen=True, slots=True)
class Differences:
    """Between a left and a right environment, each list in order."""

    declared: tuple[Declared, ...]
    only_left: tuple[Alone, ...]
    only_right: tuple[Alone, ...]
    changed: tuple[Changed, ...]

    @property
    def are_none(self) -> bool:
        """Whether the two are the same but for their names, accounts, regions and addresses."""
        return not (self.declared or self.only_left or self.only_right or self.changed)


def compare(left: Environment, left_stacks: Templates, right: Environment, right_stacks: Templates) -> Differences:
    """The differences of two environments, the same input the same answer."""
    one, other = _by_place(left, left_stacks), _by_place(right, right_stacks)
    changed = [
        Changed(*place, one[place].type, path, before, after)
        for place in sorted(one.keys() & other.keys())
        for path, before, after in _differences(one[place].properties, other[place].properties)
    ]
    return Differences(
        declared=tuple(declared_differences(left, right)),
        only_left=tuple(Alone(*place, one[place].type) for place in sorted(one.keys() - other.keys())),
        only_right=tuple(Alone(*place, other[place].type) for place in sorted(other.keys() - one.keys())),
        changed=tuple(changed),
    )


def declared_differences(left: Environment, right: Environment) -> Iterator[Declared]:
    """The settings that differ, but for the name and the account."""
    for path, before, after in _differences(_plain(left), _plain(right)):
        if path not in ("name", "account"):
            yield Declared(path, before, after)


def _plain(environment: Environment) -> dict[str, Any]:
    plain = dataclasses.asdict(environment)
    return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()}


def _by_place(environment: Environment, stacks: Templates) -> dict[tuple[str, str], Resource]:
    neutral = _neutral(environment)
    return {
        (resource.ref.stack.removeprefix(f"{environment.name}-"), resource.ref.logical_id): Resource(
            resource.ref, resource.type, _map_text(resource.properties, neutral)
        )
        for resource in stacks.all()
        if resource.type != _METADATA
    }


def _neutral(environment: Environment) -> Callable[[str], str]:
    """Replaces what is the environment's own in a text."""
    vpc = ipaddress.IPv4Network(environment.network.cidr)
    name = re.compile(rf"(?<![A-Za-z0-9]){re.escape(environment.name)}(?![A-Za-z0-9])")

    def relative(match: re.Match[str]) -> str:
        try:
            network = ipaddress.IPv4Network(match[0])
        except ValueError:
            return match[0]
        if network == vpc or not network.subnet_of(vpc):
            return match[0]
        offset = ipaddress.IPv4Address(int(network.network_address) - int(vpc.network_address))
        return f"<vpc>+{offset}/{network.prefixlen}"

    def neutral(text: str) -> str:
        text = text.replace(environment.account, "<account>").replace(environment.region, "<region>")
        return _CIDR.sub(relative, name.sub("<env>", text))

    return neutral


def _map_text(value: Any, function: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return _Text(function(value), value)
    if isinstance(value, Mapping):
        return {key: _map_text(item, function) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_map_text(item, function) for item in value]
    return value


def _differences(left: Any, right: Any, path: str = "") -> Iterator[tuple[str, str, str]]:  # noqa: ANN401
    """Path, left text and right text of every leaf that differs."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for key in sorted({*left, *right}):
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(left.get(key, _ABSENT), right.get(key, _ABSENT), inner)
    elif isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        yield from _list_differences(left, right, path)
    elif left != right:
        yield path, _shown(left), _shown(right)


def _list_differences(left: Sequence[Any], right: Sequence[Any], path: str) -> Iterator[tuple[str, str, str]]:
    key = next((key for key in _KEYS if _is_keyed(left, key) and _is_keyed(right, key)), None)
    if key is not None and (left or right):
        ours, theirs = {str(item[key]): item for item in left}, {str(item[key]): item for item in right}
        for name in dict.fromkeys((*ours, *theirs)):
            yield from _differences(ours.get(name, _ABSENT), theirs.get(name, _ABSENT), f"{path}[{name}]")
    elif len(left) == len(right):
        for index, (before, after) in enumerate(zip(left, right, strict=True)):
            yield from _differences(before, after, f"{path}[{index}]")
    else:
        for item in [item for item in left if item not in right]:
            yield f"{path}[]", _shown(item), MISSING
        for item in [item for item in right if item not in left]:
            yield f"{path}[]", MISSING, _shown(item)


def _is_keyed(items: Sequence[Any], key: str) -> bool:
    names = [str(item[key]) for item in items if isinstance(item, Mapping) and key in item]
    return len(names) == len(items) == len(set(names))


class _Text(str):
    """A text by what it means; texts that are equal as written are equal too: AWS's own bucket `prod-...` is one."""

    __slots__ = ("written",)

    def __new__(cls, meaning: str, written: str) -> Self:
        text = super().__new__(cls, meaning)
        text.written = written
        return text

    written: str

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) is True or (isinstance(other, _Text) and self.written == other.written)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class _Absent:
    """What stands for a value that is not there, so that it differs from every value."""


_ABSENT: Final = _Absent()


def _shown(value: object) -> str:
    if value is _ABSENT:
        return MISSING
    return str(value) if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
