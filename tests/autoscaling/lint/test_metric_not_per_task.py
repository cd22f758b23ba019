"""Rule metric-not-per-task."""

from tests.autoscaling.lint.conftest import Lint

TOTAL = """\
policies:
  - id: queue
    target: 100
    cloudwatch: {namespace: AWS/SQS, name: ApproximateNumberOfMessagesVisible, dimensions: {QueueName: q}}
"""


def test_a_total_is_an_error(lint: Lint) -> None:
    """More tasks do not halve it, so the service runs to its maximum."""
    (found,) = lint(TOTAL)

    assert (found.rule, found.severity) == ("metric-not-per-task", "error")


def test_a_metric_of_ones_own_is_no_finding(lint: Lint) -> None:
    """Its name says nothing of how it is computed."""
    assert lint(TOTAL.replace("AWS/SQS", "App").replace("ApproximateNumberOfMessagesVisible", "Backlog")) == []
