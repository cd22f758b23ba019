"""Rule desired-count-with-scaling."""

from tests.autoscaling.lint.conftest import LintTemplate, scaled


def test_a_desired_count_beside_a_scalable_target_is_found(lint_json: LintTemplate) -> None:
    """At its line in the template."""
    (found,) = lint_json(scaled({"DesiredCount": 3}))

    assert (found.rule, found.severity) == ("desired-count-with-scaling", "error")
    assert found.where is not None
    assert found.where.line == 6


def test_a_service_known_by_its_name_is_found_too(lint_json: LintTemplate) -> None:
    """Templates that no CDK wrote."""
    resources = scaled({"DesiredCount": 3, "ServiceName": "api"}, ResourceId="service/prod/api")

    assert [each.rule for each in lint_json(resources)] == ["desired-count-with-scaling"]


def test_without_one_there_is_no_finding(lint_json: LintTemplate) -> None:
    """Silence."""
    assert lint_json(scaled()) == []
