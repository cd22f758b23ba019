"""Rule firelens-tls."""

import pytest

from tests.forwarding.doctor.conftest import Examine, application, task


@pytest.mark.parametrize("given", ["off", None], ids=["off", "the default"])
def test_logs_without_tls_are_found(doctor: Examine, given: str | None) -> None:
    """They would carry the key in the open."""
    (found,) = doctor("firelens-tls", {"Task": task(application(TLS=given))})

    assert found.severity == "error"


def test_names_of_options_have_no_case(doctor: Examine) -> None:
    """Fluent Bit takes `tls` and `TLS`."""
    assert doctor("firelens-tls", {"Task": task(application(TLS=None, tls="On"))}) == []
