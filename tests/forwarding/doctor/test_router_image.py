"""Rule router-image."""

import pytest

from tests.forwarding.doctor.conftest import Examine, agent, router, task

_IMAGE = "public.ecr.aws/aws-observability/aws-for-fluent-bit"


@pytest.mark.parametrize("tag", ["", ":latest", ":stable"])
def test_a_router_that_changes_by_itself_is_found(doctor: Examine, tag: str) -> None:
    """A broken release of the router has ended tasks before."""
    (found,) = doctor("router-image", {"Task": task(router(Image=f"{_IMAGE}{tag}"))})

    assert found.severity == "warning"


def test_an_agent_that_changes_by_itself_is_found(doctor: Examine) -> None:
    """The Agent stands in the same task."""
    assert len(doctor("router-image", {"Task": task(agent(Image="public.ecr.aws/datadog/agent:latest"))})) == 1


@pytest.mark.parametrize("image", [f"{_IMAGE}:3.4.15", f"{_IMAGE}@sha256:{'0' * 64}"], ids=["version", "digest"])
def test_pinned_images_are_no_finding(doctor: Examine, image: str) -> None:
    """Silence."""
    assert doctor("router-image", {"Task": task(router(Image=image))}) == []
