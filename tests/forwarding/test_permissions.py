"""What Datadog's role may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.forwarding.permissions import SCOPED, lacking, permissions_of, snapshot


def test_the_snapshot_says_where_and_when_it_was_read() -> None:
    """A list without a date would be taken for today's."""
    known = snapshot()

    assert known.as_of == "2026-06-26"
    assert known.source.startswith("DataDog/cloudformation-template")
    assert len(known.standard) == 104
    assert [len(chunk) for chunk in known.resource_collection] == [188, 185, 173, 173]


def test_the_scoped_profile_reads_alone() -> None:
    """Datadog's own list has actions that write, for triggers that our stacks own."""
    verbs = {action.partition(":")[2].rstrip("*") for action in SCOPED}

    assert all(verb.startswith(("Get", "List", "Describe")) for verb in verbs)
    assert "logs:PutSubscriptionFilter" in permissions_of("standard").actions


def test_each_profile_grants_what_the_smaller_one_grants() -> None:
    """Scoped, standard, full."""
    scoped, standard, full = (permissions_of(name) for name in ("scoped", "standard", "full"))

    assert lacking(standard.actions, scoped.actions) == []
    assert set(standard.actions) < set(full.actions)
    assert (standard.has_security_audit, full.has_security_audit) == (False, True)


def test_every_policy_of_the_full_profile_has_room_in_iam() -> None:
    """6,144 characters a managed policy, 10,240 for all that is inline, without white space."""
    full = permissions_of("full")

    assert sum(len(action) + 3 for action in full.inline) < 10_240 - 200
    assert all(sum(len(action) + 3 for action in chunk) < 6_144 - 100 for chunk in full.chunks)


@pytest.mark.parametrize(
    ("granted", "wanted", "missing"),
    [
        (["ec2:*"], ["ec2:Describe*"], []),
        (["ec2:Describe*"], ["ec2:*"], ["ec2:*"]),
        (["ec2:describe*"], ["ec2:DescribeVpcs"], []),
        (["*"], ["s3:GetObject"], []),
        ([], ["tag:GetResources"], ["tag:GetResources"]),
    ],
)
def test_a_wider_pattern_grants_a_narrower_action(granted: list[str], wanted: list[str], missing: list[str]) -> None:
    """IAM knows no case, and `*` stands for anything."""
    assert lacking(granted, wanted) == missing


@given(st.sets(st.sampled_from(SCOPED)))
def test_what_is_granted_is_not_lacking(granted: set[str]) -> None:
    """And everything else is."""
    assert set(lacking(granted, SCOPED)) == set(SCOPED) - granted
