"""Rule failed-data-lost."""

from typing import Any

import pytest

from tests.forwarding.doctor.conftest import Examine, delivery, resource

_BUCKET = resource("AWS::S3::Bucket")
_ARN = {"Fn::GetAtt": ["Bucket", "Arn"]}
_OBJECTS = {"Fn::Join": ["", [_ARN, "/*"]]}


def _role(where: Any, action: Any = "s3:PutObject") -> Any:
    statement = {"Effect": "Allow", "Action": action, "Resource": where}
    return resource("AWS::IAM::Role", Policies=[{"PolicyDocument": {"Statement": [statement]}}])


def test_a_stream_without_a_backup_is_found(doctor: Examine) -> None:
    """What Datadog does not take would be gone."""
    (found,) = doctor("failed-data-lost", {"Pipe": delivery(S3Configuration=None)})

    assert "keeps nothing" in found.what


def test_a_role_that_may_touch_the_bucket_only_cannot_write_objects(doctor: Examine) -> None:
    """The slip of Datadog's own template: objects are another resource than the bucket."""
    (found,) = doctor("failed-data-lost", {"Pipe": delivery(), "Role": _role(_ARN), "Bucket": _BUCKET})

    assert "may not write objects into Bucket" in found.what


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:Put*", ["s3:GetObject", "s3:PutObject"], "s3:*"])
def test_a_role_that_may_write_objects_is_no_finding(doctor: Examine, action: Any) -> None:
    """Silence, however the action is written."""
    given = {"Pipe": delivery(), "Role": _role([_OBJECTS], action), "Bucket": _BUCKET}

    assert doctor("failed-data-lost", given) == []


def test_a_policy_beside_the_role_counts(doctor: Examine) -> None:
    """The CDK writes grants into policies of their own."""
    policy = resource(
        "AWS::IAM::Policy",
        Roles=[{"Ref": "Role"}],
        PolicyDocument={"Statement": [{"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": [_OBJECTS]}]},
    )
    given = {"Pipe": delivery(), "Role": resource("AWS::IAM::Role"), "Bucket": _BUCKET, "Policy": policy}

    assert doctor("failed-data-lost", given) == []


def test_a_stream_that_never_repeats_is_warned_of(doctor: Examine) -> None:
    """A single 503 would send a buffer to the bucket."""
    given = delivery(RetryOptions={"DurationInSeconds": 0})
    (found,) = doctor("failed-data-lost", {"Pipe": given, "Role": _role([_OBJECTS]), "Bucket": _BUCKET})

    assert found.severity == "warning"
