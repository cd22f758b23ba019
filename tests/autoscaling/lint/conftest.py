"""Rules run on a small scaling file, or on a small template, and on nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import ROOT
from watchkeeper.autoscaling.lint import lint_scaling, lint_template
from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.lint.template.parts import Template
from watchkeeper.autoscaling.load import Declared, build_scaling
from watchkeeper.errors import Problem
from watchkeeper.project.load import load_project
from watchkeeper.project.source import parse_document

Lint = Callable[..., list[Problem]]
LintTemplate = Callable[[dict[str, Any]], list[Problem]]
HEAD = "service: api\nmin: 2\nmax: 12\n"
CPU = "policies:\n  - {id: cpu, metric: ECSServiceAverageCPUUtilization, target: 55}\n"


@pytest.fixture
def lint() -> Lint:
    """The warnings and errors of a scaling file; `rule` chooses one rule, also where it only informs."""
    project = load_project(ROOT)

    def run(
        body: str = CPU, *, head: str = HEAD, env: str = "prod", rule: str = "", elsewhere: int = 0
    ) -> list[Problem]:
        document = parse_document(head + body, "autoscaling/api.yaml")
        declared = Declared(build_scaling(document, "api", env), document, env)
        subject = Subject(
            declared=declared, environment=project.environment(env), connections_elsewhere=elsewhere, year=2026
        )
        found = [problem for _, problem in lint_scaling([subject])]
        return [each for each in found if each.rule == rule or (not rule and each.severity != "info")]

    return run


@pytest.fixture
def lint_json() -> LintTemplate:
    """The findings of a template that is written as CloudFormation writes it."""

    def run(resources: dict[str, Any]) -> list[Problem]:
        text = json.dumps({"Resources": resources}, indent=1)
        return lint_template(Template(parse_document(text, "s.template.json")))

    return run


def scaled(
    service: dict[str, Any] | None = None, metric: str = "ECSServiceAverageCPUUtilization", **target: Any
) -> dict[str, Any]:
    """A service, its scalable target and a policy."""
    name: Any = {"Fn::Join": ["", ["service/", {"Ref": "Cluster"}, "/", {"Fn::GetAtt": ["Service", "Name"]}]]}
    settings = {"PredefinedMetricSpecification": {"PredefinedMetricType": metric}, "TargetValue": 50}
    return {
        "Service": {"Type": "AWS::ECS::Service", "Properties": service or {}},
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {"ServiceNamespace": "ecs", "ResourceId": name, **target},
        },
        "Policy": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "ScalingTargetId": {"Ref": "Target"},
                "TargetTrackingScalingPolicyConfiguration": settings,
            },
        },
    }
