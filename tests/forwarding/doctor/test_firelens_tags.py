"""Rule firelens-tags."""

from tests.forwarding.doctor.conftest import Examine, application, task


def test_missing_tags_are_named(doctor: Examine) -> None:
    """No owner finds a log without them."""
    (found,) = doctor("firelens-tags", {"Task": task(application(dd_tags="env:prod"))})

    assert "lacks service, team" in found.what


def test_dd_service_is_the_tag_service(doctor: Examine) -> None:
    """Datadog makes one of the other."""
    given = application(dd_tags="env:prod,team:checkout", dd_service="api")

    assert doctor("firelens-tags", {"Task": task(given)}) == []
