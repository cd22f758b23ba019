"""Rule router-not-restarted."""

import pytest

from tests.forwarding.doctor.conftest import Examine, router, task


@pytest.mark.parametrize("policy", [None, {"Enabled": False}, {"Enabled": "false"}], ids=["none", "off", "text"])
def test_a_router_that_stays_away_once_it_has_ended_is_found(doctor: Examine, policy: dict[str, object] | None) -> None:
    """Its task serves on, and nobody sees what it says."""
    (found,) = doctor("router-not-restarted", {"Task": task(router(RestartPolicy=policy))})

    assert "logs nothing more" in found.what


def test_a_router_that_is_started_again_or_ends_its_task_is_no_finding(doctor: Examine) -> None:
    """An essential one is another rule's."""
    for each in (router(), router(RestartPolicy=None, Essential=True)):
        assert doctor("router-not-restarted", {"Task": task(each)}) == []
