"""What all stacks share: exports that do not come and go, and tags."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import CfnResource, Stack, Tags

_RESTRICTING: Final = "Custom::VpcRestrictDefaultSGCustomResourceProvider"
"""The CDK's function that closes the default security group."""


def export(stack: Stack, *values: str) -> None:
    """Export tokens of a stack whether or not another stack uses them now.

    CloudFormation refuses to remove an export while a deployed stack imports it, also one that is about to go. Exports
    that never vanish let a service be removed, and another be added, in one deploy.
    """
    for value in values:
        stack.export_value(value)


def tag(stack: Stack, tags: Mapping[str, str]) -> None:
    """Tag everything in a stack that can carry tags."""
    for key, value in tags.items():
        Tags.of(stack).add(key, value)
    # The function that closes the default security group is built of untyped resources, which the CDK does not tag.
    provider = stack.node.try_find_child(_RESTRICTING)
    for id in ("Handler", "Role") if provider else ():  # noqa: A001 - as CDK calls it
        child = provider.node.find_child(id)
        assert isinstance(child, CfnResource)
        child.add_property_override("Tags", [{"Key": key, "Value": tags[key]} for key in sorted(tags)])
