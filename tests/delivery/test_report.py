"""What PagerDuty and Datadog are told of a deploy."""

from dataclasses import replace

from watchkeeper.delivery.report import DeployReport, change_event, datadog_event

REPORT = DeployReport(
    project="lighthouse", env="prod", commit="c" * 40, ref="refs/tags/v1.4.0", at=1_764_028_800, is_success=True,
    url="https://github.com/o/r/actions/runs/1", images={"api": "host/app@sha256:0", "reports": "host/app@sha256:0"},
)  # fmt: skip


def test_pagerduty_sees_what_changed_and_where_the_run_is() -> None:
    """The body of a change event, whole."""
    assert change_event(REPORT, "api", "k" * 32) == {
        "routing_key": "k" * 32,
        "payload": {
            "summary": "Deployed lighthouse v1.4.0 (cccccccccccc) to prod",
            "timestamp": "2025-11-25T00:00:00Z",
            "source": "lighthouse-prod",
            "custom_details": {
                "env": "prod", "commit": "c" * 40, "ref": "refs/tags/v1.4.0", "outcome": "succeeded",
                "service": "api", "image": "host/app@sha256:0",
            },
        },
        "links": [{"href": "https://github.com/o/r/actions/runs/1", "text": "The run"}],
    }  # fmt: skip


def test_datadog_can_lay_it_over_the_graphs_of_each_service() -> None:
    """The tags are those of the metrics."""
    event = datadog_event(REPORT, {"api": "checkout", "reports": "platform"})

    assert event["alert_type"] == "success"
    assert event["tags"] == [
        "env:prod", "service:api", "service:reports", "team:checkout", "team:platform", f"version:{'c' * 40}",
        f"git.commit.sha:{'c' * 40}", "event:deploy", "managed_by:watchkeeper",
    ]  # fmt: skip


def test_the_version_of_a_service_is_the_commit_that_built_its_image() -> None:
    """Its graphs carry that one; the commit that was deployed is told besides."""
    built = "b" * 40
    report = replace(REPORT, versions={"api": built})

    assert change_event(report, "api", "k")["payload"]["custom_details"]["version"] == built
    assert "version" not in change_event(report, "reports", "k")["payload"]["custom_details"]
    tags = datadog_event(report, {})["tags"]
    assert [tag for tag in tags if tag.startswith(("version:", "git."))] == [
        f"version:{built}", f"git.commit.sha:{'c' * 40}",
    ]  # fmt: skip
