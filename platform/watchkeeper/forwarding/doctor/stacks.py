"""Templates as the doctor's rules read them: resources by type, references followed across stacks. Pure.

`topology/templates.py` resolves whole assemblies of ours and may refuse what makes no sense; here anybody's template is
read, a broken one too, a reference is followed only when a rule asks, and what it means is compared as text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]
_MAX_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a template. properties: as written."""

    stack: str
    id: str
    properties: Json

    @property
    def name(self) -> str:
        """`stack/logical id`."""
        return f"{self.stack}/{self.id}"


@dataclass(frozen=True, slots=True)
class Stacks:
    """Templates by the name of their stack: ours, or those of any other CDK or CloudFormation user."""

    by_name: Mapping[str, Json]

    def of_type(self, kind: str) -> Iterator[Resource]:
        """Every resource of a type."""
        for stack, template in self.by_name.items():
            resources = template.get("Resources")
            for name, resource in resources.items() if isinstance(resources, Mapping) else ():
                if isinstance(resource, Mapping) and resource.get("Type") == kind:
                    properties = resource.get("Properties")
                    yield Resource(stack, name, properties if isinstance(properties, Mapping) else {})

    def target(self, stack: str, value: object) -> Resource | None:
        """The resource that a reference names, through other stacks' exports; None for none of the templates."""
        for _ in range(_MAX_DEPTH):
            if not isinstance(value, Mapping) or len(value) != 1:
                return None
            ((function, argument),) = value.items()
            if function == "Fn::ImportValue":
                found = self._exported(argument)
                if found is None:
                    return None
                stack, value = found
                continue
            name = argument if function == "Ref" else _first(argument) if function == "Fn::GetAtt" else ""
            resources = mapped(self.by_name.get(stack, {}).get("Resources"))
            resource = resources.get(name) if isinstance(name, str) else None
            properties = resource.get("Properties") if isinstance(resource, Mapping) else None
            return Resource(stack, str(name), mapped(properties)) if isinstance(resource, Mapping) else None
        return None

    def _exported(self, name: object) -> tuple[str, Any] | None:
        for stack, template in self.by_name.items():
            for output in mapped(template.get("Outputs")).values():
                if mapped(mapped(output).get("Export")).get("Name") == name:
                    return stack, mapped(output).get("Value")
        return None

    def text(self, stack: str, value: object) -> str:
        """A value as text; `${stack/id}` where it refers to a resource, `${...}` where only AWS knows it."""
        if isinstance(value, Mapping):
            if "Fn::Join" in value:
                return _separator(value["Fn::Join"]).join(self.text(stack, piece) for piece in pieces(value))
            if "Fn::Sub" in value:
                return str(value["Fn::Sub"] if isinstance(value["Fn::Sub"], str) else _first(value["Fn::Sub"]))
            found = self.target(stack, value)
            return f"${{{found.name}}}" if found else "${...}"
        return "" if value is None else str(value)

    def identity(self, stack: str, value: object, named: str) -> str:
        """The same text for every way to mean one resource. named: the property that holds its name, if it has one."""
        found = self.target(stack, value)
        if found is None:
            return self.text(stack, value)
        name = found.properties.get(named)
        return name if isinstance(name, str) else found.name


def _first(argument: object) -> object:
    if isinstance(argument, str):
        return argument.partition(".")[0]
    return argument[0] if isinstance(argument, list) and argument else ""


def _separator(join: object) -> str:
    return str(join[0]) if isinstance(join, list) and join else ""


def pieces(value: object) -> list[object]:
    """What `Fn::Join` puts together; the value alone where it is none."""
    join = mapped(value).get("Fn::Join")
    if join is None:
        return [value]
    is_whole = isinstance(join, list) and len(join) > 1 and isinstance(join[1], list)
    return list(join[1]) if is_whole else []


def is_true(value: object) -> bool:
    """Whether CloudFormation takes a value as true."""
    return str(value).lower() == "true"


def listed(value: object) -> list[Json]:
    """The mappings of a list; none where it is none."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def mapped(value: object) -> Json:
    """A mapping; an empty one where it is none."""
    return value if isinstance(value, Mapping) else {}
