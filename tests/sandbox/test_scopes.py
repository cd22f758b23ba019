"""What a monitor's scope asks for exists on what emits its metric: on the tags of the templates, or as a dimension."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from watchkeeper.monitors.load import load_monitors
from watchkeeper.monitors.model import Monitor
from watchkeeper.project.load import load_project
from watchkeeper.query.parser import parse_query
from watchkeeper.query.visit import group_by_of, metrics_in, tags_of

EMITTERS: Mapping[str, tuple[str, frozenset[str]]] = {
    "aws.applicationelb.": ("AWS::ElasticLoadBalancingV2::TargetGroup", frozenset({"loadbalancer", "targetgroup"})),
    "aws.applicationelb.httpcode_elb": ("AWS::ElasticLoadBalancingV2::LoadBalancer", frozenset({"loadbalancer"})),
    "aws.ecs.service.": ("AWS::ECS::Service", frozenset({"clustername", "servicename"})),
    "aws.rds.": ("AWS::RDS::DBInstance", frozenset({"dbinstanceidentifier"})),
    "aws.firehose.": ("AWS::KinesisFirehose::DeliveryStream", frozenset({"deliverystreamname"})),
}
"""By the beginning of a metric's name, the longest first: the type whose tags it carries, and its dimensions."""


def emitter_of(metric: str) -> tuple[str, frozenset[str]]:
    """Who emits a metric."""
    return EMITTERS[max((prefix for prefix in EMITTERS if metric.startswith(prefix)), key=len)]


@pytest.mark.parametrize("env", ["local", "prod"])
def test_every_tag_in_a_scope_exists_on_what_emits_the_metric(
    assemblies: Callable[[str], Path], root: Path, env: str
) -> None:
    """Key and value; a group key may be a dimension of CloudWatch too."""
    told: dict[str, set[str]] = {}
    for template in assemblies(env).glob("*.template.json"):
        for resource in json.loads(template.read_text())["Resources"].values():
            tags = resource.get("Properties", {}).get("Tags", [])
            told.setdefault(resource["Type"], set()).update(f"{tag['Key']}:{tag['Value']}" for tag in tags)
    project = load_project(root)
    monitors = load_monitors(project, project.environment(env))

    missing = [problem for monitor in monitors for problem in _missing(monitor, told)]

    assert len(monitors) >= 12
    assert missing == []


def _missing(monitor: Monitor, told: Mapping[str, set[str]]) -> list[str]:
    query = parse_query(monitor.query, monitor.type)
    problems = []
    for metric in metrics_in(query):
        kind, dimensions = emitter_of(metric.name)
        keys = {tag.partition(":")[0] for tag in told[kind]} | dimensions
        problems += [f"{monitor.identity}: {tag}" for tag in tags_of(metric) if tag not in told[kind]]
        problems += [f"{monitor.identity}: by {key}" for key in group_by_of(query) if key not in keys]
    return problems
