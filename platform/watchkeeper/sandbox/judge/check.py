"""Judges a deploy by what is there: every resource of every template, described by its own service's API.

The tick of the CDK's program and the status that CloudFormation keeps prove nothing: an emulator that ignores a
property, or a resource that was deleted by hand, shows in neither.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError, ParamValidationError

from watchkeeper.sandbox.judge import broker, data, delivery, ec2, edge, pipe
from watchkeeper.sandbox.judge.about import About, Describer
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


def judge(out: Path, client: Callable[[str], Any], account: str, region: str) -> Judgement:
    """Compare everything that exists with the templates of an assembly. client: boto3's client of a service."""
    place = Place(account, region, lru_cache(maxsize=None)(client))
    cloudformation = place.client("cloudformation")
    exports = {
        each["Name"]: each["Value"]
        for page in cloudformation.get_paginator("list_exports").paginate()
        for each in page["Exports"]
    }
    tags = crawl(place.client)
    counts = {}
    found: list[Mismatch] = []
    for file in sorted(out.glob("*.template.json")):
        stack = file.name.removesuffix(".template.json")
        resources = json.loads(file.read_text())["Resources"]
        counts[stack] = len(resources)
        found += _judge_stack(stack, resources, exports, tags, place)
    return Judgement(counts, tuple(sorted(found)))


def _judge_stack(
    stack: str, resources: Mapping[str, Any], exports: Mapping[str, str], tags: Tags, place: Place
) -> Iterator[Mismatch]:
    try:
        pages = place.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        there = {each["LogicalResourceId"]: each for page in pages for each in page["StackResourceSummaries"]}
    except ClientError:
        there = {}
    physical = {name: each["PhysicalResourceId"] for name, each in there.items() if each["ResourceStatus"] in _THERE}
    pseudo = {"AWS::AccountId": place.account, "AWS::Region": place.region}
    pseudo |= {"AWS::Partition": "aws", "AWS::StackName": stack, "AWS::URLSuffix": "amazonaws.com"}

    def attribute(logical_id: str, name: str) -> Any:  # noqa: ANN401 - a template's JSON
        return attribute_of(place, resources[logical_id]["Type"], physical.get(logical_id, ""), name)

    resolver = Resolver(physical, exports, attribute, pseudo)
    for logical_id, resource in resources.items():
        kind = resource["Type"]
        if kind == _METADATA:
            continue
        if logical_id not in physical:
            yield Mismatch(stack, logical_id, kind, "missing")
            continue
        given = resolver.value(resource.get("Properties", {}))
        for what in _differences(kind, About(physical[logical_id], given, place.client)):
            yield Mismatch(stack, logical_id, kind, what)
        untold = missing_tags(kind, physical[logical_id], given, tags, place.account, place.region)
        if untold:
            yield Mismatch(stack, logical_id, kind, f"tags are not told: {', '.join(untold)}")


def _differences(kind: str, about: About) -> Iterator[str]:
    """What the service's own API tells otherwise."""
    if kind not in DESCRIBERS:
        yield "no describe call is known for this type"
        return
    try:
        told = canonical(DESCRIBERS[kind](about))
    except (ClientError, ParamValidationError, LookupError, ValueError, TypeError) as err:
        yield f"missing: {err}"
        return
    if not told:
        yield "missing"
        return
    for name in PROPERTIES[kind]:
        wanted = about.given.get(name)
        if wanted is not None and not is_told(canonical(wanted), told.get(name.lower())):
            yield f"{name} is {told.get(name.lower())!r} instead of {canonical(wanted)!r}"
