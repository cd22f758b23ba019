"""What scales what in a CloudFormation template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.errors import Location
from watchkeeper.project.source import Document

_SCALABLE = "AWS::ApplicationAutoScaling::ScalableTarget"
_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_SERVICE = "AWS::ECS::Service"
Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """A template with the place of each of its values; JSON and YAML, without short intrinsic functions."""

    document: Document

    def of_kind(self, kind: str) -> Iterator[tuple[str, Properties]]:
        """The resources of one type: logical id and properties."""
        resources = self.document.data.get("Resources", {}) if isinstance(self.document.data, Mapping) else {}
        for name, resource in resources.items() if isinstance(resources, Mapping) else ():
            if isinstance(resource, Mapping) and resource.get("Type") == kind:
                yield name, resource.get("Properties") or {}

    def where(self, name: str, *path: str) -> Location:
        """The place of a property of a resource."""
        return self.document.at(("Resources", name, "Properties", *path))

    def scalable_services(self) -> Iterator[tuple[str, Properties]]:
        """Scalable targets that are ECS services."""
        for name, target in self.of_kind(_SCALABLE):
            if target.get("ServiceNamespace") == "ecs":
                yield name, target

    def policies(self) -> Iterator[tuple[str, Properties]]:
        """Scaling policies."""
        yield from self.of_kind(_POLICY)

    def service_of_target(self, target: Properties) -> tuple[str, Properties] | None:
        """The service of this template that a scalable target names."""
        pieces = list(parts(target.get("ResourceId")))
        for name, service in self.of_kind(_SERVICE):
            if any(piece in ({"Fn::GetAtt": [name, "Name"]}, {"Ref": name}) for piece in pieces):
                return name, service
            literal = service.get("ServiceName")
            if isinstance(literal, str) and any(str(piece).rpartition("/")[2] == literal for piece in pieces):
                return name, service
        return None

    def service_of_policy(self, policy: Properties) -> tuple[str, Properties] | None:
        """The service of this template that a policy scales."""
        targets = dict(self.scalable_services())
        reference = policy.get("ScalingTargetId")
        if isinstance(reference, Mapping) and reference.get("Ref") in targets:
            return self.service_of_target(targets[reference["Ref"]])
        return self.service_of_target(policy)


def parts(value: object) -> Iterator[object]:
    """The pieces of a text: itself, or what `Fn::Join` puts together."""
    if isinstance(value, Mapping) and "Fn::Join" in value:
        yield from value["Fn::Join"][1]
    elif value is not None:
        yield value


def predefined_metric(policy: Properties) -> str:
    """The metric that target tracking knows by name; empty for others."""
    settings = policy.get("TargetTrackingScalingPolicyConfiguration") or {}
    return str((settings.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType", ""))
