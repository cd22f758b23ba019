"""The topology, read from the synthesized templates of one environment with two services."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

Templates = Mapping[str, Mapping[str, Any]]
ORDER = ("Foundation", "Data", "Edge", "Service", "Forwarding")


def synthesized(root: Path, out: Path) -> Templates:
    environ = {**os.environ, "CDK_OUTDIR": str(out), "JSII_NODE": str(root / ".venv" / "bin" / "node")}
    environ.setdefault("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(root / ".cache" / "jsii"))
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=root, capture_output=True, text=True, check=False, env=environ
    )
    assert done.returncode == 0, done.stderr
    files = sorted(out.glob("*.template.json"))
    return {file.name.removesuffix(".template.json"): json.loads(file.read_text()) for file in files}


@pytest.fixture(scope="session")
def templates(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return synthesized(root, tmp_path_factory.mktemp("cdk"))


def resources(template: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def imports(value: object) -> Iterator[str]:
    """The names of all exports that a template imports."""
    for found in re.findall(r'"Fn::ImportValue": "([^"]+)"', json.dumps(value)):
        yield str(found)


def owner(export: str, templates: Templates) -> str:
    return next(
        name
        for name, template in templates.items()
        if export in {each["Export"]["Name"] for each in template.get("Outputs", {}).values() if "Export" in each}
    )


def test_an_environment_is_one_stack_a_layer_and_one_a_service(templates: Templates) -> None:
    """Foundation, Data, Edge, one for each service, Forwarding."""
    assert sorted(templates) == [
        "local-Data",
        "local-Edge",
        "local-Forwarding",
        "local-Foundation",
        "local-Service-api",
        "local-Service-reports",
    ]


def test_references_between_stacks_go_one_way(templates: Templates) -> None:
    """Foundation -> Data, Edge -> Service -> Forwarding; so there is no cycle."""
    for name, template in templates.items():
        for export in imports(template):
            source = owner(export, templates)
            assert ORDER.index(source.split("-")[1]) < ORDER.index(name.split("-")[1]), f"{name} imports {export}"


def test_nothing_but_a_services_own_stack_needs_that_service(templates: Templates) -> None:
    """No stack imports from a service's stack, so that removing the service deploys in one step."""
    needed = {owner(export, templates) for template in templates.values() for export in imports(template)}

    assert not [name for name in needed if "Service" in name]


def test_writer_and_reader_stand_in_different_zones(templates: Templates) -> None:
    """Stated in the template, not left to chance."""
    zones = [each["AvailabilityZone"] for each in resources(templates["local-Data"], "AWS::RDS::DBInstance")]

    assert len(zones) == len(set(zones)) == 2


def test_the_network_has_two_public_two_application_and_three_data_subnets(templates: Templates) -> None:
    """One network ACL for each of the three tiers."""
    foundation = templates["local-Foundation"]

    assert len(resources(foundation, "AWS::EC2::Subnet")) == 7
    assert len(resources(foundation, "AWS::EC2::NetworkAcl")) == 3


def test_every_service_tracks_what_its_scaling_file_declares(templates: Templates) -> None:
    """Targets and bounds as in autoscaling/api.yaml."""
    api = templates["local-Service-api"]
    (target,) = resources(api, "AWS::ApplicationAutoScaling::ScalableTarget")
    tracked = {
        policy["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"][
            "PredefinedMetricType"
        ]: policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
        for policy in resources(api, "AWS::ApplicationAutoScaling::ScalingPolicy")
    }

    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 12)
    assert tracked == {"ECSServiceAverageCPUUtilization": 55, "ALBRequestCountPerTarget": 1500}


def test_metrics_leave_through_a_stream_and_firehose(templates: Templates) -> None:
    """ALB, ECS and RDS in OpenTelemetry's format."""
    (stream,) = resources(templates["local-Forwarding"], "AWS::CloudWatch::MetricStream")

    namespaces = {each["Namespace"] for each in stream["IncludeFilters"]}
    assert stream["OutputFormat"] == "opentelemetry1.0"
    assert {"AWS/ApplicationELB", "AWS/ECS", "AWS/RDS"} <= namespaces
    assert resources(templates["local-Forwarding"], "AWS::KinesisFirehose::DeliveryStream")
