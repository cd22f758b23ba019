"""Composite monitors."""

import pytest

from tests.monitors.composite_table import COMPOSITE_TABLE
from watchkeeper.monitors.alerting import run_monitor
from watchkeeper.monitors.composite import common_groups, composite_state
from watchkeeper.monitors.memory import MonitorMemory
from watchkeeper.monitors.rules import State
from watchkeeper.monitors.state import GroupState
from watchkeeper.query.composite import parse_composite
from watchkeeper.query.forms import MemberId
from watchkeeper.query.series import MemorySeries

SIMPLE = MonitorMemory({(): GroupState(state="OK")})


@pytest.mark.parametrize(("a", "b", "condition", "notifies", "expected"), COMPOSITE_TABLE, ids=str)
def test_datadogs_table_of_composite_states(
    a: State, b: State, condition: str, notifies: bool | None, expected: str
) -> None:
    """The 16 rows of "Computing trigger conditions" in Datadog's page on composite monitors."""
    for last in ("Alert", "Warn", "OK"):
        state = composite_state(
            parse_composite(condition).condition, {1: a, 2: b}, last, notifies_no_data=bool(notifies)
        )
        assert state == (last if expected == "last known" else expected)


@pytest.mark.parametrize(
    ("state", "expected"), [("OK", "Alert"), ("Warn", "OK"), ("Alert", "OK"), ("No Data", "No Data")], ids=str
)
def test_a_negation_turns_what_is_alert_worthy_into_ok(state: State, expected: State) -> None:
    """Only OK becomes an alert; No Data stays."""
    found = composite_state(parse_composite("!1").condition, {1: state}, "OK", notifies_no_data=True)

    assert found == expected


def memory(**states: State) -> MonitorMemory:
    """`host_a="OK"` is the group host:a, `device_x__host_a` the group device:x,host:a."""
    return MonitorMemory(
        {
            tuple(part.replace("_", ":") for part in name.split("__") if part): GroupState(state=state)
            for name, state in states.items()
        }
    )


def test_only_common_sources_make_groups_of_a_composite() -> None:
    """Hosts that one member does not know are left out."""
    found = common_groups({1: memory(host_a="OK", host_b="Alert"), 2: memory(host_b="Warn", host_c="OK")})

    assert found == {("host:b",): {1: "Alert", 2: "Warn"}}


def test_groups_match_by_their_values_not_by_their_keys() -> None:
    """service:web04 goes with host:web04."""
    found = common_groups({1: memory(host_web04="OK"), 2: memory(service_web04="Warn")})

    assert list(found.values()) == [{1: "OK", 2: "Warn"}]


def test_a_member_with_more_keys_combines_with_one_that_has_a_part_of_them() -> None:
    """`device,host` with `host`, but not with `host,url`."""
    fine = memory(device_x__host_a="Alert", device_y__host_a="OK")

    assert common_groups({1: fine, 2: memory(host_a="Warn")}) == {
        ("device:x", "host:a"): {1: "Alert", 2: "Warn"},
        ("device:y", "host:a"): {1: "OK", 2: "Warn"},
    }
    assert common_groups({1: fine, 2: memory(host_a__url_z="Warn")}) == {}


def test_a_simple_member_goes_with_every_group_of_a_multi_alert() -> None:
    """Its one group has no values that could differ."""
    assert common_groups({1: memory(host_a="Alert"), 2: SIMPLE}) == {("host:a",): {1: "Alert", 2: "OK"}}


def test_a_composite_triggers_and_recovers_with_its_members() -> None:
    """Its transitions are those of the condition."""
    definition = {"type": "composite", "query": "1 && !2", "options": {}}
    state = MonitorMemory()
    told = []
    played: list[tuple[State, State]] = [("OK", "OK"), ("Alert", "OK"), ("Alert", "Alert")]
    for minute, (one, two) in enumerate(played):
        members: dict[MemberId, MonitorMemory] = {
            1: MonitorMemory({(): GroupState(state=one)}),
            2: MonitorMemory({(): GroupState(state=two)}),
        }
        state, changes = run_monitor(definition, state, MemorySeries(), 60 * minute, members=members)
        told += [(change.at, change.current, change.notifies) for change in changes]

    assert told == [(0, "OK", False), (60, "Alert", True), (120, "OK", True)]
