"""Equal means equal: one row, one habit of the server."""

from typing import Any

import pytest

from watchkeeper.monitors.normalise import normalise_monitor

BASE: dict[str, Any] = {
    "name": "n",
    "type": "query alert",
    "query": "avg(last_5m):avg:a{*} > 5",
    "message": "m",
    "tags": ["a:1", "b:2"],
    "options": {"thresholds": {"critical": 5}},
}


def changed(**values: Any) -> dict[str, Any]:
    options = {**BASE["options"], **values.pop("options", {})}
    return {**BASE, **values, "options": options}


@pytest.mark.parametrize(
    "remote",
    [
        changed(id=1, org_id=2, created="x", creator={"name": "x"}, overall_state="Alert", multi=True, deleted=None),
        changed(draft_status="published", assets=[], restricted_roles=None, some_field_of_next_year=1),
        changed(type="metric alert"),
        changed(name=" n ", query=" avg(last_5m):avg:a{*} > 5\n", message="m\n"),
        changed(tags=["b:2", "a:1"]),
        changed(priority=0),
        changed(options={"thresholds": {"critical": 5.0}}),
        changed(options={"thresholds": {"critical": 5, "ok": None, "warning": None}}),
        changed(options={"silenced": {}, "locked": False, "some_option_of_next_year": True}),
        changed(options={"notify_audit": False, "include_tags": True, "new_host_delay": 300, "notify_no_data": False}),
        changed(
            options={"evaluation_delay": None, "timeout_h": 0, "renotify_interval": None, "escalation_message": ""}
        ),
        changed(options={"no_data_timeframe": 10}),
        changed(options={"variables": [], "renotify_statuses": None, "notify_by": ["*"], "scheduling_options": None}),
        changed(options={"groupby_simple_monitor": False, "enable_logs_sample": False, "require_full_window": False}),
    ],
    ids=lambda remote: ",".join(sorted({*remote, *remote["options"]} - {*BASE, "thresholds", "options"})) or "values",
)
def test_what_the_server_adds_or_rewrites_is_no_difference(remote: dict[str, Any]) -> None:
    """A second plan is empty, because habits of the server are not drift."""
    assert normalise_monitor(remote) == normalise_monitor(BASE)


@pytest.mark.parametrize(
    "remote",
    [
        changed(name="other"),
        changed(type="log alert"),
        changed(query="avg(last_5m):avg:a{*} > 6"),
        changed(message="m @slack-x"),
        changed(tags=["a:1"]),
        changed(priority=1),
        changed(options={"thresholds": {"critical": 5, "warning": 3}}),
        changed(options={"notify_no_data": True, "no_data_timeframe": 10}),
        changed(options={"renotify_interval": 60}),
        changed(options={"on_missing_data": "resolve"}),
        changed(options={"new_group_delay": 0}),
        changed(options={"include_tags": False}),
        changed(options={"evaluation_delay": 900}),
        changed(options={"thresholds": {"critical_query": 'formula("2 * a").last("1d")'}}),
    ],
    ids=str,
)
def test_what_a_person_changed_by_hand_is_a_difference(remote: dict[str, Any]) -> None:
    """Also an option that the repository does not mention: it is put back to Datadog's default."""
    assert normalise_monitor(remote) != normalise_monitor(BASE)


def test_one_notice_for_all_groups_is_a_difference_where_there_are_groups() -> None:
    """`["*"]` bundles them; only on a monitor without groups does it say nothing."""
    grouped = {**BASE, "query": "avg(last_5m):avg:a{*} by {host} > 5"}
    bundled = {**grouped, "options": {**BASE["options"], "notify_by": ["*"]}}

    assert normalise_monitor(bundled) != normalise_monitor(grouped)


def test_a_service_check_has_thresholds_of_one() -> None:
    """Datadog fills ok, warning and critical with 1; saying so changes nothing."""
    check = {**BASE, "type": "service check", "options": {"thresholds": {"critical": 1, "ok": 1, "warning": 1.0}}}

    assert normalise_monitor(check) == normalise_monitor({**check, "options": {}})
