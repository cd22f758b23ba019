"""Rule essential-router."""

import pytest

from tests.forwarding.doctor.conftest import Examine, router, task


@pytest.mark.parametrize("given", [True, None], ids=["said", "the default"])
def test_a_router_whose_end_ends_the_task_is_found(doctor: Examine, given: bool | None) -> None:
    """A container is essential unless it says otherwise."""
    (found,) = doctor("essential-router", {"Task": task(router(Essential=given))})

    assert "log-router" in found.what


def test_a_router_that_may_end_is_no_finding(doctor: Examine) -> None:
    """Silence, and other containers may be essential."""
    assert doctor("essential-router", {"Task": task(router(), {"Name": "api", "Essential": True})}) == []
