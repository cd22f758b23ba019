"""A finding, wherever it comes from, and the templates that our own rules read. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """tool, rule: who says it. where: the stack's layer and the construct in it, without the environment's name."""

    tool: str
    rule: str
    where: str
    environment: str
    message: str


@dataclass(frozen=True, slots=True)
class Templates:
    """The stacks of one environment, by layer: `Foundation`, `Edge`, `Service-api`."""

    environment: str
    by_layer: Mapping[str, Json]

    def resources(self, kind: str) -> Iterator[tuple[str, str, Json]]:
        """Layer, logical id and properties of every resource of a type."""
        for layer, template in self.by_layer.items():
            for name, resource in template["Resources"].items():
                if resource["Type"] == kind:
                    yield layer, name, resource.get("Properties", {})

    def target(self, layer: str, value: Any) -> tuple[str, str] | None:  # noqa: ANN401 - a template's JSON
        """Layer and logical id of what a reference names, through other stacks' exports; None for no reference."""
        if not isinstance(value, Mapping) or len(value) != 1:
            return None
        ((function, argument),) = value.items()
        if function == "Ref":
            return layer, argument
        if function == "Fn::GetAtt":
            return layer, argument[0] if isinstance(argument, list) else argument.partition(".")[0]
        if function == "Fn::ImportValue":
            for other, template in self.by_layer.items():
                for output in template.get("Outputs", {}).values():
                    if output.get("Export", {}).get("Name") == argument:
                        return self.target(other, output["Value"])
        return None

    def properties(self, place: tuple[str, str]) -> Json:
        """The properties of the resource at a place."""
        layer, name = place
        found: Json = self.by_layer[layer]["Resources"][name].get("Properties", {})
        return found

    def finding(self, rule: str, layer: str, name: str, message: str) -> Finding:
        """What one of our own rules says of a resource."""
        return Finding("watchkeeper", rule, f"{layer}/{name}", self.environment, message)
