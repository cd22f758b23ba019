"""Rule firelens-host."""

import pytest

from tests.forwarding.doctor.conftest import Examine, application, task


@pytest.mark.parametrize("host", ["http-intake.logs.datadoghq.com", None], ids=["another site", "the default"])
def test_logs_to_another_site_are_found(doctor: Examine, host: str | None) -> None:
    """The router would drop them after its retries."""
    (found,) = doctor("firelens-host", {"Task": task(application(Host=host))})

    assert found.fix == "write Host: http-intake.logs.datadoghq.eu"


def test_the_projects_own_site_is_no_finding(doctor: Examine) -> None:
    """Silence."""
    assert doctor("firelens-host", {"Task": task(application())}) == []
