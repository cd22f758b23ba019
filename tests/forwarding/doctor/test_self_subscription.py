"""Rule self-subscription."""

from typing import Any

import pytest

from tests.forwarding.doctor.conftest import Examine, delivery, resource, subscription

_PIPE = delivery(CloudWatchLoggingOptions={"Enabled": True, "LogGroupName": {"Ref": "Errors"}})
_ERRORS = resource("AWS::Logs::LogGroup", LogGroupName="/aws/kinesisfirehose/pipe")
_ARN = {"Fn::GetAtt": ["Pipe", "Arn"]}


@pytest.mark.parametrize("group", [{"Ref": "Errors"}, "/aws/kinesisfirehose/pipe"], ids=["a reference", "its name"])
def test_a_stream_that_carries_its_own_errors_is_found(doctor: Examine, group: Any) -> None:
    """Each error would make the next one."""
    given = {"Pipe": _PIPE, "Errors": _ERRORS, "Filter": subscription(group, _ARN)}

    assert len(doctor("self-subscription", given)) == 1


def test_other_groups_are_no_finding(doctor: Examine) -> None:
    """Silence."""
    given = {"Pipe": _PIPE, "Errors": _ERRORS, "Filter": subscription("/ecs/api", _ARN)}

    assert doctor("self-subscription", given) == []


@pytest.mark.parametrize(("criteria", "count"), [(None, 1), ('LogGroupName NOT IN ["/aws/kinesisfirehose/pipe"]', 0)])
def test_a_policy_for_the_whole_account_needs_a_fence(doctor: Examine, criteria: str | None, count: int) -> None:
    """It takes the error group too, unless it leaves it out."""
    policy = resource("AWS::Logs::AccountPolicy", PolicyType="SUBSCRIPTION_FILTER_POLICY", SelectionCriteria=criteria)

    assert len(doctor("self-subscription", {"Policy": policy})) == count
