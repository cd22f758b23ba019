"""A GitHub run's event and output file."""

import json
from typing import Any

import pytest

from watchkeeper.delivery.decide import ZERO, Event, Jobs
from watchkeeper.delivery.github import event_of_run, jobs_record, output_lines
from watchkeeper.delivery.model import Delivery
from watchkeeper.errors import UsageError


def pull_request(head: str | None) -> dict[str, Any]:
    repository = {"full_name": head} if head else None
    base = {"ref": "main", "repo": {"full_name": "o/r"}}
    return {"pull_request": {"head": {"repo": repository}, "base": base}}


@pytest.mark.parametrize(
    ("name", "payload", "wanted"),
    [
        ("push", {"before": "c" * 40, "after": "d" * 40}, Event(name="push", ref="refs/heads/x", before="c" * 40)),
        ("push", {"before": "c" * 40, "after": ZERO, "deleted": True},
         Event(name="push", ref="refs/heads/x", before="c" * 40, is_deleted=True)),
        ("pull_request", pull_request("o/r"), Event(name="pull_request", ref="refs/heads/main")),
        ("pull_request", pull_request("stranger/r"), Event(name="pull_request", ref="refs/heads/main", is_fork=True)),
        ("pull_request", pull_request(None), Event(name="pull_request", ref="refs/heads/main", is_fork=True)),
        ("schedule", {}, Event(name="schedule", ref="refs/heads/x")),
        ("workflow_dispatch", {}, Event(name="schedule", ref="refs/heads/x")),
    ],
)  # fmt: skip
def test_the_event_of_a_run(name: str, payload: dict[str, Any], wanted: Event) -> None:
    """A deleted fork is still a fork."""
    assert event_of_run({"GITHUB_EVENT_NAME": name, "GITHUB_REF": "refs/heads/x"}, payload) == wanted


@pytest.mark.parametrize("environ", [{}, {"GITHUB_EVENT_NAME": "issue_comment"}])
def test_other_events_are_refused(environ: dict[str, str]) -> None:
    """A workflow that listens to more than is decided for fails at once."""
    with pytest.raises(UsageError):
        event_of_run(environ, {})


def test_the_jobs_are_written_as_workflows_read_them(delivery: Delivery) -> None:
    """`fromJSON` takes lists, `== 'true'` takes truths, and a text is itself."""
    lines = output_lines(
        jobs_record(Jobs(environment="dev", builds=("a b",), deploys=True, reason="so"), delivery, "p", "")
    )

    found = dict(line.split("=", 1) for line in lines.splitlines())
    assert (found["environment"], found["deploys"], found["needs_approval"]) == ("dev", "true", "false")
    assert json.loads(found["builds"]) == ["a b"]
    assert found["role_prefix"] == "arn:aws:iam::444444444444:role/p-deliver-"


def test_each_environment_is_compared_with_what_was_deployed_there(delivery: Delivery) -> None:
    """The last version with production, the default branch with stage; dev holds whatever branch came last."""
    record = jobs_record(Jobs(drift=delivery.deployed, reason="so"), delivery, "p", "v1.4.0")

    assert record["drift"] == [
        {"environment": "dev", "checkout": ""},
        {"environment": "stage", "checkout": "origin/main"},
        {"environment": "prod", "checkout": "refs/tags/v1.4.0"},
    ]


def test_before_the_first_version_there_is_no_drift_of_production(delivery: Delivery) -> None:
    """Nothing stands there that could have moved."""
    record = jobs_record(Jobs(drift=delivery.deployed, reason="so"), delivery, "p", "")

    assert [each["environment"] for each in record["drift"]] == ["dev", "stage"]
