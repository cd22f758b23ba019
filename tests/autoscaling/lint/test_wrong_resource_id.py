"""Rule wrong-resource-id."""

import pytest

from tests.autoscaling.lint.conftest import LintTemplate, scaled


@pytest.mark.parametrize(
    "resource_id",
    [
        "service/arn:aws:ecs:eu-west-1:1:cluster/prod/api",
        "prod/api",
        {"Fn::Join": ["", ["service/", {"Fn::GetAtt": ["Cluster", "Arn"]}, "/api"]]},
        {"Fn::Join": ["", ["service/prod/", {"Ref": "Service"}]]},
    ],
    ids=["an ARN", "no service", "the cluster's ARN", "the service's ARN"],
)
def test_a_resource_id_that_names_no_service_is_found(lint_json: LintTemplate, resource_id: object) -> None:
    """Its policies would do nothing, and say nothing."""
    (found,) = lint_json(scaled(ResourceId=resource_id))

    assert found.rule == "wrong-resource-id"


def test_names_are_no_finding(lint_json: LintTemplate) -> None:
    """Silence."""
    assert lint_json(scaled(ResourceId="service/prod/api")) == []
