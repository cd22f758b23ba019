"""Rule requests-with-blue-green."""

from tests.autoscaling.lint.conftest import LintTemplate, scaled


def test_requests_counted_at_a_moving_target_group_are_found(lint_json: LintTemplate) -> None:
    """Whoever moves it."""
    for service in (
        {"DeploymentConfiguration": {"Strategy": "BLUE_GREEN"}},
        {"DeploymentController": {"Type": "CODE_DEPLOY"}},
    ):
        (found,) = lint_json(scaled(service, "ALBRequestCountPerTarget"))
        assert found.rule == "requests-with-blue-green"


def test_a_rolling_deployment_and_cpu_are_no_finding(lint_json: LintTemplate) -> None:
    """Silence."""
    assert lint_json(scaled({"DeploymentConfiguration": {"Strategy": "ROLLING"}}, "ALBRequestCountPerTarget")) == []
    assert lint_json(scaled({"DeploymentConfiguration": {"Strategy": "BLUE_GREEN"}})) == []
