"""wrong-resource-id: a scalable target that is no service, so that its policies do nothing and say nothing."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from watchkeeper.autoscaling.lint.template.parts import Template, parts
from watchkeeper.errors import Problem

_RIGHT: Final = re.compile(r"service/[^/:]+/[^/:]+")
_ARN: Final = ("Arn", "ServiceArn", "ClusterArn")


def check(template: Template) -> Iterator[Problem]:
    """Anything else than `service/<cluster>/<service>`; an ARN of an imported cluster is the usual mistake."""
    services = {name for name, _ in template.of_kind("AWS::ECS::Service")}
    for name, target in template.scalable_services():
        text, arn = "", ""
        for piece in parts(target.get("ResourceId")):
            text += piece if isinstance(piece, str) else "X"
            arn = arn or _arn_in(piece, services)
        if arn or "arn:" in text or not _RIGHT.fullmatch(text):
            shown = f"{arn} is an ARN" if arn else f"`{text.replace('X', '...')}`"
            what = f"the resource id of {name} is not service/<cluster>/<service>: {shown}"
            where = template.where(name, "ResourceId")
            fix = "name the cluster and the service, not their ARNs"
            yield Problem(what, where, fix=fix, rule="wrong-resource-id")


def _arn_in(piece: object, services: set[str]) -> str:
    if not isinstance(piece, Mapping):
        return ""
    attribute = piece.get("Fn::GetAtt")
    if isinstance(attribute, list) and attribute[-1] in _ARN:
        return ".".join(map(str, attribute))
    # The reference of a service is its ARN.
    return str(piece["Ref"]) if piece.get("Ref") in services else ""
