"""Rule router-without-log."""

import pytest

from tests.forwarding.doctor.conftest import Examine, router, task


@pytest.mark.parametrize("log", [None, {"LogDriver": "awsfirelens"}], ids=["none", "through itself"])
def test_a_router_that_tells_nobody_is_found(doctor: Examine, log: dict[str, str] | None) -> None:
    """When it fails, the only place to look is its own log."""
    assert len(doctor("router-without-log", {"Task": task(router(LogConfiguration=log))})) == 1


def test_a_router_with_a_log_in_cloudwatch_is_no_finding(doctor: Examine) -> None:
    """Silence."""
    assert doctor("router-without-log", {"Task": task(router())}) == []
