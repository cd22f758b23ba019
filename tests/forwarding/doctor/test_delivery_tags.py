"""Rule delivery-tags."""

from typing import Any

from tests.forwarding.doctor.conftest import SITE, Examine, delivery


def _logs(*names: str) -> Any:
    attributes = [{"AttributeName": name, "AttributeValue": "x"} for name in names]
    return delivery(
        EndpointConfiguration={"Url": SITE.logs_intake}, RequestConfiguration={"CommonAttributes": attributes}
    )


def test_logs_without_their_tags_are_found(doctor: Examine) -> None:
    """All that lack are named at once."""
    (found,) = doctor("delivery-tags", {"Stream": _logs("env", "source")})

    assert "sends logs without service, team" in found.what


def test_logs_with_all_four_and_metrics_are_no_finding(doctor: Examine) -> None:
    """A metric has the tags of its resource."""
    given = {"Logs": _logs("env", "service", "source", "team"), "Metrics": delivery()}

    assert doctor("delivery-tags", given) == []
