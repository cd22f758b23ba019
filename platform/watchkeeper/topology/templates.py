"""Synthesized CloudFormation templates as one graph: what refers to what, across stacks.

Only the templates are read, never the code that made them, so that a report tells what would be deployed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Template = Mapping[str, Any]

_SUBSTITUTION: Final = re.compile(r"\$\{([^}!]+)\}")
_MAX_DEPTH: Final = 60
_HASH: Final = re.compile(r"[0-9A-F]{8}$")


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A resource of a stack, or one of its attributes."""

    stack: str
    logical_id: str
    attribute: str = ""

    def __str__(self) -> str:
        return f"{self.stack}/{self.logical_id}"

    @property
    def short(self) -> str:
        """The logical id without the hash that the CDK adds."""
        return _HASH.sub("", self.logical_id) or self.logical_id

    @property
    def resource(self) -> "Reference":
        """The resource, whichever attribute is meant."""
        return Reference(self.stack, self.logical_id) if self.attribute else self


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource whose properties are plain values and References."""

    ref: Reference
    type: str
    properties: Mapping[str, Any]


class Templates:
    """The stacks of one environment, by name."""

    def __init__(self, stacks: Mapping[str, Template]) -> None:
        self._stacks = stacks
        self._exports = {
            name: (stack, output["Value"])
            for stack, template in stacks.items()
            for output in (template.get("Outputs") or {}).values()
            if isinstance(name := (output.get("Export") or {}).get("Name"), str)
        }
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self.all():
            self._by_type.setdefault(resource.type, []).append(resource)

    @property
    def names(self) -> tuple[str, ...]:
        """The stacks' names."""
        return tuple(self._stacks)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of some types, their references resolved, in the order of the templates."""
        for kind in types:
            for resource in self._by_type.get(kind, ()):
                yield self.resolve(resource)

    def all(self) -> Iterator[Resource]:
        """Every resource, its properties as they are written."""
        for stack, template in self._stacks.items():
            for logical_id, resource in template.get("Resources", {}).items():
                yield Resource(Reference(stack, logical_id), resource["Type"], resource.get("Properties") or {})

    def resolve(self, resource: Resource) -> Resource:
        """The same resource with its references resolved."""
        return Resource(resource.ref, resource.type, self._resolve(resource.properties, resource.ref.stack, 0))

    def _resolve(self, value: Any, stack: str, depth: int) -> Any:  # noqa: ANN401 - any JSON value
        if depth > _MAX_DEPTH:
            return value
        if isinstance(value, Mapping):
            if len(value) == 1:
                ((name, argument),) = value.items()
                if name in _FUNCTIONS:
                    return _FUNCTIONS[name](self, argument, stack, depth + 1)
            return {key: self._resolve(item, stack, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self._resolve(item, stack, depth + 1) for item in value]
        return value

    def _ref(self, name: Any, stack: str, _depth: int) -> Any:  # noqa: ANN401
        template = self._stacks[stack]
        if name in template.get("Resources", {}):
            return Reference(stack, name)
        parameter = (template.get("Parameters") or {}).get(name, {})
        return parameter.get("Default", f"${{{name}}}")

    def _get_att(self, argument: Any, stack: str, _depth: int) -> Any:  # noqa: ANN401
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        return Reference(stack, parts[0], str(parts[1]))

    def _import(self, argument: Any, stack: str, depth: int) -> Any:  # noqa: ANN401
        name = self._resolve(argument, stack, depth)
        if name not in self._exports:
            return f"${{{name}}}"
        source, value = self._exports[name]
        return self._resolve(value, source, depth)

    def _join(self, argument: Any, stack: str, depth: int) -> Any:  # noqa: ANN401
        separator, items = argument
        found = self._resolve(items, stack, depth)
        if not isinstance(found, list):
            return str(found)
        return separator.join(_text(item) for item in found)

    def _sub(self, argument: Any, stack: str, depth: int) -> Any:  # noqa: ANN401
        text, values = (argument, {}) if isinstance(argument, str) else argument

        def one(match: re.Match[str]) -> str:
            name = match[1]
            if name in values:
                return _text(self._resolve(values[name], stack, depth))
            found = self._get_att(name, stack, depth) if "." in name else self._ref(name, stack, depth)
            return _text(found)

        return _SUBSTITUTION.sub(one, text)

    def _select(self, argument: Any, stack: str, depth: int) -> Any:  # noqa: ANN401
        index, items = self._resolve(argument, stack, depth)
        is_list = isinstance(items, Sequence) and not isinstance(items, str)
        # What only a deploy knows, such as a part of an ARN, stays a text.
        return items[int(index)] if is_list and int(index) < len(items) else f"${{{index} of {_text(items)}}}"

    def _split(self, argument: Any, stack: str, depth: int) -> Any:  # noqa: ANN401
        separator, text = self._resolve(argument, stack, depth)
        return _text(text).split(separator)


_FUNCTIONS: Final[Mapping[str, Callable[[Templates, Any, str, int], Any]]] = {
    "Ref": Templates._ref,  # noqa: SLF001 - the table of this class's own methods
    "Fn::GetAtt": Templates._get_att,  # noqa: SLF001
    "Fn::ImportValue": Templates._import,  # noqa: SLF001
    "Fn::Join": Templates._join,  # noqa: SLF001
    "Fn::Sub": Templates._sub,  # noqa: SLF001
    "Fn::Select": Templates._select,  # noqa: SLF001
    "Fn::Split": Templates._split,  # noqa: SLF001
}


def _text(value: object) -> str:
    if isinstance(value, Reference):
        return f"${{{value}{'.' if value.attribute else ''}{value.attribute}}}"
    return str(value)


def resource_of(value: object) -> Reference | None:
    """The resource that a resolved value names, None where it names none of the templates."""
    return value.resource if isinstance(value, Reference) else None


def resources_of(values: object) -> tuple[Reference, ...]:
    """The resources that a resolved list names."""
    items = values if isinstance(values, list) else []
    return tuple(found for item in items if (found := resource_of(item)) is not None)
