"""Ref, event and changed files to jobs: the whole table by hand."""

import itertools
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.delivery.conftest import NEW, OLD, image
from watchkeeper.delivery.decide import ZERO, Event, Jobs, comparison_base, decide
from watchkeeper.delivery.images import Image
from watchkeeper.delivery.model import Delivery, GitHub, Registry, Targets

APP, INFRA, DOCS, MONITOR = "examples/app/main.go", "base_infra/edge.py", "docs/x.md", "monitors/app.yaml"
LOCK = "locks/dev.txt"
MAIN, BRANCH, TAG = "refs/heads/main", "refs/heads/faster", "refs/tags/v1.4.0"
DELIVERY = Delivery(
    github=GitHub(owner="o", repository="r"),
    registry=Registry(account="444444444444", region="eu-west-1"),
    environments=Targets(branch="dev", default_branch="stage", tag="prod"),
    approved_by_hand=("prod",),
)
HAS_NEW, HAS_NOTHING = {f"lighthouse/examples-app:tree-{NEW}"}, set[str]()


def push(ref: str, before: str = "c" * 40) -> Event:
    return Event(name="push", ref=ref, before=before)


def summary(jobs: Jobs) -> str:
    """Environment, images to build, and what is done, in words."""
    words = [
        jobs.environment or "nowhere",
        *(f"build {source}" for source in jobs.builds),
        *(name for name in ("pushes", "diff", "plan", "comments", "deploys", "needs_approval") if getattr(jobs, name)),
    ]
    return ", ".join(words)


@pytest.mark.parametrize(
    ("event", "changed", "present", "wanted"),
    [
        pytest.param(push(BRANCH), [APP], HAS_NOTHING,
                     "dev, build examples/app, pushes, diff, plan, deploys", id="branch with a new source"),
        pytest.param(push(BRANCH, ZERO), [APP], HAS_NOTHING,
                     "dev, build examples/app, pushes, diff, plan, deploys", id="new branch, before is all zeros"),
        pytest.param(push(BRANCH), [APP], HAS_NEW, "dev, diff, plan, deploys", id="re-run: the image is there"),
        pytest.param(push(BRANCH), [DOCS], HAS_NEW, "nowhere", id="branch with documentation only"),
        pytest.param(push(BRANCH), [INFRA], HAS_NEW, "dev, diff, plan, deploys", id="infrastructure only"),
        pytest.param(push(BRANCH), [LOCK], HAS_NEW, "dev, diff, plan, deploys", id="a newer CDK library"),
        pytest.param(push(BRANCH), [MONITOR], HAS_NEW, "dev, diff, plan, deploys", id="monitors only"),
        pytest.param(push(BRANCH), [".github/workflows/deploy.yml"], HAS_NEW,
                     "dev, diff, plan, deploys", id="a workflow is tried where it deploys first"),
        pytest.param(push(BRANCH), None, HAS_NEW, "dev, diff, plan, deploys", id="unknown changes count as all"),
        pytest.param(push(MAIN), [APP], HAS_NEW, "stage, diff, plan, deploys", id="squash merge: the branch's image"),
        pytest.param(push(MAIN), [APP, DOCS], HAS_NEW, "stage, diff, plan, deploys", id="merge commit, equal source"),
        pytest.param(push(MAIN), [APP], HAS_NOTHING, "stage, build examples/app, pushes, diff, plan, deploys",
                     id="merge commit whose source is a mixture"),
        pytest.param(push(MAIN), [DOCS], HAS_NEW, "stage, diff, plan, deploys",
                     id="main always deploys: the run before may have been dropped"),
        pytest.param(push(MAIN), [APP], HAS_NEW, "stage, diff, plan, deploys", id="revert: the old image again"),
        pytest.param(push(TAG, ZERO), None, HAS_NEW, "prod, diff, plan, deploys, needs_approval", id="tag"),
        pytest.param(push(TAG, ZERO), None, HAS_NOTHING,
                     "prod, build examples/app, pushes, diff, plan, deploys, needs_approval",
                     id="tag on an old commit whose image has expired"),
        pytest.param(push("refs/tags/nightly", ZERO), None, HAS_NEW, "nowhere", id="a tag that is no version"),
        pytest.param(Event(name="push", ref=BRANCH, is_deleted=True), None, HAS_NEW, "nowhere", id="deleted branch"),
        pytest.param(Event(name="pull_request", ref=MAIN), [APP, INFRA], HAS_NOTHING,
                     "stage, build examples/app, diff, plan, comments", id="pull request: compare, push nothing"),
        pytest.param(Event(name="pull_request", ref=MAIN), [APP], HAS_NOTHING,
                     "stage, build examples/app, diff, comments", id="pull request, application only"),
        pytest.param(Event(name="pull_request", ref=MAIN), [INFRA], HAS_NEW,
                     "stage, diff, plan, comments", id="pull request, infrastructure only"),
        pytest.param(Event(name="pull_request", ref=MAIN), [MONITOR], HAS_NEW,
                     "stage, plan, comments", id="pull request with monitors only"),
        pytest.param(Event(name="pull_request", ref=MAIN), [DOCS], HAS_NEW, "stage", id="pull request, documentation"),
        pytest.param(Event(name="pull_request", ref=MAIN, is_fork=True), [APP, INFRA], None,
                     "nowhere, build examples/app", id="fork: no secrets, no push, no comment"),
    ],
)  # fmt: skip
def test_jobs_of_an_event(
    event: Event, changed: Collection[str] | None, present: Collection[str] | None, wanted: str
) -> None:
    """Each row is a situation of a working day."""
    assert summary(decide(DELIVERY, event, changed, [image()], present)) == wanted


def test_of_two_services_only_the_changed_one_is_built() -> None:
    """The other's image is there under the name of its unchanged tree, and is deployed by its digest."""
    images = [image("examples/app", NEW, "api"), image("services/reports", OLD, "reports")]
    present = {f"lighthouse/services-reports:tree-{OLD}"}

    jobs = decide(DELIVERY, push(BRANCH), [APP], images, present)

    assert (jobs.builds, jobs.deploys) == (("examples/app",), True)


def test_a_schedule_compares_every_environment_and_deploys_nothing() -> None:
    """The drift check."""
    jobs = decide(DELIVERY, Event(name="schedule", ref=MAIN), None, [image()], HAS_NOTHING)

    assert jobs.drift == ("dev", "stage", "prod")
    assert summary(jobs) == "nowhere"


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (push(BRANCH), "merge-base:refs/heads/main"),
        (push(BRANCH, ZERO), "merge-base:refs/heads/main"),
        (push(MAIN, "d" * 40), "d" * 40),
        (push(MAIN, ZERO), ""),
        (push(TAG, ZERO), ""),
        (Event(name="push", ref=BRANCH, is_deleted=True), ""),
        (Event(name="pull_request", ref=MAIN), "merge-base:refs/heads/main"),
        (Event(name="schedule", ref=MAIN), ""),
    ],
)
def test_what_changes_are_counted_from(event: Event, wanted: str) -> None:
    """Empty: everything counts as changed."""
    assert comparison_base(event, "main") == wanted


EVENTS = st.builds(
    Event,
    name=st.sampled_from(["push", "pull_request", "schedule"]),
    ref=st.sampled_from([MAIN, BRANCH, TAG, "refs/tags/x"]),
    before=st.sampled_from([ZERO, "c" * 40]),
    is_fork=st.booleans(),
    is_deleted=st.booleans(),
)
PATHS = st.none() | st.sets(st.sampled_from([APP, INFRA, DOCS, MONITOR]))


@given(event=EVENTS, changed=PATHS, present=st.none() | st.sampled_from([HAS_NEW, HAS_NOTHING]))
def test_what_never_happens(event: Event, changed: set[str] | None, present: set[str] | None) -> None:
    """Only a push pushes and deploys; production waits for a person; nothing is deployed without a diff first."""
    jobs = decide(DELIVERY, event, changed, [image()], present)

    assert event.name == "push" or not (jobs.pushes or jobs.deploys)
    assert jobs.needs_approval == (jobs.deploys and jobs.environment == "prod")
    assert not jobs.deploys or (jobs.diff and jobs.plan)
    assert not jobs.comments or (event.name == "pull_request" and not event.is_fork)
    assert jobs.deploys or not jobs.pushes


@given(trees=st.tuples(*[st.sampled_from([OLD, NEW])] * 3))
def test_equal_sources_are_built_once_on_their_way_to_production(trees: tuple[str, str, str]) -> None:
    """Branch, merge and tag one after the other: as many builds as there are different trees."""
    present: set[str] = set()
    built: list[str] = []
    for ref, tree in zip((BRANCH, MAIN, TAG), trees, strict=True):
        images: list[Image] = [image(tree=tree)]
        jobs = decide(DELIVERY, push(ref), None, images, present)
        built += [tree for _ in jobs.builds]
        present |= {each.name for each in images}

    assert len(built) == len(set(built)) == len(set(trees))
    assert built == [tree for tree, _ in itertools.groupby(sorted(trees, key=trees.index))]
