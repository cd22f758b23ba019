"""Rule firelens-retries."""

import pytest

from tests.forwarding.doctor.conftest import Examine, application, task


@pytest.mark.parametrize(
    ("given", "words"), [(None, "once"), ("1", "once"), ("no_retries", "never")], ids=["default", "one", "none"]
)
def test_an_output_that_gives_up_at_once_is_found(doctor: Examine, given: str | None, words: str) -> None:
    """A minute's fault of the intake would lose logs."""
    (found,) = doctor("firelens-retries", {"Task": task(application(Retry_Limit=given))})

    assert words in found.what


@pytest.mark.parametrize("given", ["2", "5", "no_limits", "False"])
def test_repeated_outputs_are_no_finding(doctor: Examine, given: str) -> None:
    """Silence."""
    assert doctor("firelens-retries", {"Task": task(application(Retry_Limit=given))}) == []
