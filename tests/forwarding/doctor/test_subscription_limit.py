"""Rule subscription-limit."""

from tests.forwarding.doctor.conftest import Examine, resource, subscription


def test_a_third_filter_of_a_group_is_found(doctor: Examine) -> None:
    """However the group is named: by reference and by name are the same group."""
    given = {
        "Group": resource("AWS::Logs::LogGroup", LogGroupName="/ecs/api"),
        "A": subscription("/ecs/api"),
        "B": subscription({"Ref": "Group"}),
        "C": subscription({"Ref": "Group"}),
    }
    (found,) = doctor("subscription-limit", given)

    assert "subscription filter 3 of /ecs/api" in found.what


def test_two_filters_of_each_group_are_no_finding(doctor: Examine) -> None:
    """Silence."""
    given = {name: subscription(f"/ecs/{name[0]}") for name in ("a1", "a2", "b1", "b2")}

    assert doctor("subscription-limit", given) == []
