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
    of_stack = Tags.of(stack)
    for key, value in tags.items():
        of_stack.add(key, value)


def tag_restricting_function(stack: Stack, tags: Mapping[str, str]) -> None:
    """Tag the function that closes the default security group: untyped resources, which the CDK does not tag."""
    provider = stack.node.find_child(_RESTRICTING).node
    for id in ("Handler", "Role"):  # noqa: A001 - as CDK calls it
        child = provider.find_child(id)
        assert isinstance(child, CfnResource)
        child.add_property_override("Tags", [{"Key": key, "Value": tags[key]} for key in sorted(tags)])
