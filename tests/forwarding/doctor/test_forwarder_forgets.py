"""Rule forwarder-forgets."""

from typing import Any

import pytest

from tests.forwarding.doctor.conftest import Examine, resource


def _forwarder(**variables: Any) -> Any:
    given = {"DD_API_KEY_SECRET_ARN": "arn:x", **variables}
    return resource("AWS::Lambda::Function", Environment={"Variables": given})


@pytest.mark.parametrize(
    "variables", [{}, {"DD_STORE_FAILED_EVENTS": "true"}, {"DD_S3_BUCKET_NAME": "b"}], ids=["none", "where", "whether"]
)
def test_a_forwarder_that_keeps_nothing_is_found(doctor: Examine, variables: dict[str, str]) -> None:
    """It needs both: the switch, and a bucket."""
    (found,) = doctor("forwarder-forgets", {"Function": _forwarder(**variables)})

    assert "keeps nothing" in found.what


def test_one_that_stores_failed_events_and_other_functions_are_no_finding(doctor: Examine) -> None:
    """Silence."""
    given = {
        "Function": _forwarder(DD_STORE_FAILED_EVENTS="true", DD_S3_BUCKET_NAME={"Ref": "Bucket"}),
        "Other": resource("AWS::Lambda::Function"),
    }

    assert doctor("forwarder-forgets", given) == []
