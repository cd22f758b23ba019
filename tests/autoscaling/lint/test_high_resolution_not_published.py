"""Rule high-resolution-not-published."""

from tests.autoscaling.lint.conftest import LintTemplate, scaled

QUICK = "ECSServiceAverageCPUUtilizationHighResolution"
PUBLISHED = {"MetricConfigurations": [{"MetricNames": ["CPUUtilization"], "ResolutionSeconds": 20}]}


def test_a_metric_that_the_service_does_not_publish_is_found(lint_json: LintTemplate) -> None:
    """AWS refuses the policy; and no configuration helps a controller that lacks the feature."""
    for service in ({}, {"Monitoring": PUBLISHED, "DeploymentController": {"Type": "EXTERNAL"}}):
        (found,) = lint_json(scaled(service, QUICK))
        assert found.rule == "high-resolution-not-published"


def test_a_published_metric_is_no_finding(lint_json: LintTemplate) -> None:
    """Silence."""
    assert lint_json(scaled({"Monitoring": PUBLISHED}, QUICK)) == []
