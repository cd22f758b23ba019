"""Judges a deploy by what is there: every resource of every template, described by its own service's API.

The tick of the CDK's program and the status that CloudFormation keeps prove nothing: an emulator that ignores a
property, or a resource that was deleted by hand, shows in neither.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError, ParamValidationError

from watchkeeper.sandbox.judge import broker, data, delivery, ec2, edge, pipe
from watchkeeper.sandbox.judge.about import About, Clients, Described, Describer
from watchkeeper.sandbox.judge.attributes import Place, attribute_of
from watchkeeper.sandbox.judge.properties import PROPERTIES
from watchkeeper.sandbox.judge.tags import Tags, crawl, missing_tags
from watchkeeper.sandbox.judge.values import Resolver, canonical, is_told

DESCRIBERS: Final[Mapping[str, Describer]] = {
    **ec2.DESCRIBERS,
    **edge.DESCRIBERS,
    **data.DESCRIBERS,
    **pipe.DESCRIBERS,
    **delivery.DESCRIBERS,
    **broker.DESCRIBERS,
}
_THERE: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_METADATA: Final = "AWS::CDK::Metadata"


@dataclass(frozen=True, slots=True, order=True)
class Mismatch:
    """A resource that is not what the template says. what: `missing`, or the property and both values."""

    stack: str
    logical_id: str
    type: str
    what: str

    def __str__(self) -> str:
        return f"{self.stack}/{self.logical_id} ({self.type}): {self.what}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """resources: of each stack. mismatches: everything that is not as the templates say."""

    resources: Mapping[str, int]
    mismatches: tuple[Mismatch, ...]

    @property
    def total(self) -> int:
        """Resources of all stacks."""
        return sum(self.resources.values())


@dataclass(frozen=True, slots=True)
class Deployed:
    """A resource that CloudFormation says is there. about: its properties as they stand after the deploy."""

    stack: str
    logical_id: str
    type: str
    about: About

    def told(self) -> Described:
        """What its own service tells of it, empty for nothing. Raises NotToldError where the service knows it not."""
        try:
            return DESCRIBERS[self.type](self.about)
        except (ClientError, ParamValidationError, LookupError, ValueError, TypeError) as err:
            raise NotToldError(str(err)) from err


class NotToldError(Exception):
    """A service knows no such resource, or tells it in another form than AWS does."""


def judge(out: Path, client: Clients, account: str, region: str) -> Judgement:
    """Compare everything that exists with the templates of an assembly. client: boto3's client of a service."""
    place = Place(account, region, lru_cache(maxsize=None)(client))
    tags = crawl(place.client)
    counts: dict[str, int] = {}
    found: list[Mismatch] = []
    for stack, resources, there in _stacks(out, place):
        counts[stack] = len(resources)
        for logical_id, resource in resources.items():
            kind = resource["Type"]
            if kind != _METADATA:
                told = list(_judged(there[logical_id], tags, place)) if logical_id in there else ["missing"]
                found += [Mismatch(stack, logical_id, kind, what) for what in told]
    return Judgement(counts, tuple(sorted(found)))


def deployed(out: Path, client: Clients, account: str, region: str) -> tuple[Deployed, ...]:
    """Everything of an assembly that CloudFormation says is there."""
    place = Place(account, region, lru_cache(maxsize=None)(client))
    return tuple(each for _, _, there in _stacks(out, place) for each in there.values())


def _stacks(out: Path, place: Place) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Deployed]]]:
    """Name, resources of the template, and what is there of them, of every stack of an assembly."""
    exports = {
        each["Name"]: each["Value"]
        for page in place.client("cloudformation").get_paginator("list_exports").paginate()
        for each in page["Exports"]
    }
    for file in sorted(out.glob("*.template.json")):
        stack = file.name.removesuffix(".template.json")
        resources = json.loads(file.read_text())["Resources"]
        yield stack, resources, _there(stack, resources, exports, place)


def _there(
    stack: str, resources: Mapping[str, Any], exports: Mapping[str, str], place: Place
) -> Mapping[str, Deployed]:
    try:
        pages = place.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        listed = {each["LogicalResourceId"]: each for page in pages for each in page["StackResourceSummaries"]}
    except ClientError:
        listed = {}
    physical = {name: each["PhysicalResourceId"] for name, each in listed.items() if each["ResourceStatus"] in _THERE}
    pseudo = {"AWS::AccountId": place.account, "AWS::Region": place.region}
    pseudo |= {"AWS::Partition": "aws", "AWS::StackName": stack, "AWS::URLSuffix": "amazonaws.com"}

    def attribute(logical_id: str, name: str) -> Any:  # noqa: ANN401 - a template's JSON
        return attribute_of(place, resources[logical_id]["Type"], physical.get(logical_id, ""), name)

    resolver = Resolver(physical, exports, attribute, pseudo)
    return {
        logical_id: Deployed(
            stack,
            logical_id,
            resource["Type"],
            About(physical[logical_id], resolver.value(resource.get("Properties", {})), place.client),
        )
        for logical_id, resource in resources.items()
        if logical_id in physical and resource["Type"] != _METADATA
    }


def _judged(resource: Deployed, tags: Tags, place: Place) -> Iterator[str]:
    """What its own service, and the crawl of tags, tell otherwise than the template."""
    yield from _differences(resource)
    about = resource.about
    untold = missing_tags(resource.type, about.id, about.given, tags, place.account, place.region)
    if untold:
        yield f"tags are not told: {', '.join(untold)}"


def _differences(resource: Deployed) -> Iterator[str]:
    if resource.type not in DESCRIBERS:
        yield "no describe call is known for this type"
        return
    try:
        told = canonical(resource.told())
    except NotToldError as err:
        yield f"missing: {err}"
        return
    if not told:
        yield "missing"
        return
    for name in PROPERTIES[resource.type]:
        wanted = resource.about.given.get(name)
        if wanted is not None and not is_told(canonical(wanted), told.get(name.lower())):
            yield f"{name} is {told.get(name.lower())!r} instead of {canonical(wanted)!r}"
