"""Objectives in the sandbox's Datadog, spoken to as its users speak to Datadog."""

from typing import Any

import pytest
from datadog_api_client import ApiClient
from datadog_api_client.exceptions import ApiException, NotFoundException
from datadog_api_client.v1.api.monitors_api import MonitorsApi
from datadog_api_client.v1.api.service_level_objectives_api import ServiceLevelObjectivesApi
from datadog_api_client.v1.model.monitor import Monitor
from datadog_api_client.v1.model.monitor_type import MonitorType
from datadog_api_client.v1.model.service_level_objective import ServiceLevelObjective
from datadog_api_client.v1.model.service_level_objective_query import ServiceLevelObjectiveQuery
from datadog_api_client.v1.model.service_level_objective_request import ServiceLevelObjectiveRequest
from datadog_api_client.v1.model.slo_threshold import SLOThreshold
from datadog_api_client.v1.model.slo_timeframe import SLOTimeframe
from datadog_api_client.v1.model.slo_type import SLOType

from tests.sandboxes import NOW as START
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.datadog.slos import slo_error

COUNTS = {"numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()"}


def make(client: ApiClient, **changes: Any) -> str:
    """An objective of 99 % over 30 days; gives its id."""
    given = {
        "name": "answered",
        "type": SLOType.METRIC,
        "query": ServiceLevelObjectiveQuery(**COUNTS),
        "thresholds": [SLOThreshold(timeframe=SLOTimeframe.THIRTY_DAYS, target=99.0)],
        "tags": ["team:A", "env:prod"],
        **changes,
    }
    given = {name: value for name, value in given.items() if value is not None}
    answer = ServiceLevelObjectivesApi(client).create_slo(ServiceLevelObjectiveRequest(**given))
    return str(answer.data[0].id)


def alert(slo_id: str, rate: float = 14.4, over: str = "30d") -> Monitor:
    query = f'burn_rate("{slo_id}").over("{over}").long_window("1h").short_window("5m") > {rate}'
    return Monitor(name="burning", message="{{value}} @pagerduty-x", type=MonitorType.SLO_ALERT, query=query, tags=[])


def test_the_official_client_makes_changes_and_removes_an_objective(client: ApiClient) -> None:
    """Unmodified: create, get, list by tag, update, delete, not found."""
    api = ServiceLevelObjectivesApi(client)
    slo_id = make(client)
    body = api.get_slo(slo_id).data

    assert (len(slo_id), body.name, body.target_threshold, sorted(body.tags)) == (
        32,
        "answered",
        99.0,
        ["env:prod", "team:a"],
    )
    assert [each.id for each in api.list_slos(tags_query="env:prod").data] == [slo_id]
    assert api.list_slos(tags_query="env:dev").data == []

    changed = ServiceLevelObjective(
        name="still answered",
        type=SLOType.METRIC,
        query=ServiceLevelObjectiveQuery(**COUNTS),
        thresholds=[SLOThreshold(timeframe=SLOTimeframe.SEVEN_DAYS, target=95.0)],
    )
    assert api.update_slo(slo_id, changed).data[0].timeframe == SLOTimeframe.SEVEN_DAYS
    assert api.delete_slo(slo_id).data == [slo_id]
    with pytest.raises(NotFoundException, match=f"SLO not found: {slo_id} not found"):
        api.get_slo(slo_id)


def test_objectives_are_listed_page_by_page(client: ApiClient) -> None:
    """`limit` and `offset`; the metadata count all of them."""
    ids = [make(client, name=f"o{number}") for number in range(3)]
    answer = ServiceLevelObjectivesApi(client).list_slos(limit=2, offset=2)

    assert [each.id for each in answer.data] == ids[2:]
    assert answer.metadata.page.total_count == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "Minimum length of parameter 'name' should be 1"),
        ({"query": None}, "must specify the query for count types"),
        ({"type": "monitor"}, "must specify monitor_ids"),
        ({"type": "time_slice"}, "must specify sli_specification"),
        ({"type": "wrong"}, "Value of parameter 'type'"),
        ({"thresholds": []}, "'thresholds'"),
        ({"thresholds": [{"timeframe": "1d", "target": 99}]}, "'timeframe'"),
        ({"thresholds": [{"timeframe": "7d", "target": 100}]}, "below 100"),
        ({"thresholds": [{"timeframe": "7d", "target": 99, "warning": 98}]}, "warning"),
        ({"query": {"numerator": "sum:good{", "denominator": "sum:all{*}"}}, "numerator"),
    ],
)
def test_what_datadog_refuses_is_refused(change: dict[str, Any], told: str) -> None:
    """In the words of the recorded answers, as far as there are any."""
    body = {"name": "a", "type": "metric", "query": COUNTS, "thresholds": [{"timeframe": "7d", "target": 99}]}

    assert slo_error(body) == ""
    assert told in slo_error({**body, **change})


def test_an_objective_on_monitors_that_are_not_there_is_refused(client: ApiClient) -> None:
    """And one on a monitor that is keeps it from being deleted."""
    with pytest.raises(ApiException, match="monitor 12 does not exist"):
        make(client, type=SLOType.MONITOR, monitor_ids=[12])
    monitors = MonitorsApi(client)
    query = "avg(last_5m):avg:m{*} > 1"
    number = monitors.create_monitor(
        Monitor(name="m", message="", type=MonitorType.QUERY_ALERT, query=query, tags=[])
    ).id
    make(client, type=SLOType.MONITOR, monitor_ids=[number])

    with pytest.raises(ApiException, match="is referenced in slos"):
        monitors.delete_monitor(number)
    assert monitors.delete_monitor(number, force="true").deleted_monitor_id == number


def test_an_objective_that_an_alert_names_is_not_deleted(client: ApiClient) -> None:
    """409, as for dashboards; `can_delete` says so before; `force` does it all the same."""
    api = ServiceLevelObjectivesApi(client)
    slo_id = make(client)
    MonitorsApi(client).create_monitor(alert(slo_id))

    for refused in (lambda: api.delete_slo(slo_id), lambda: api.check_can_delete_slo(slo_id)):
        with pytest.raises(ApiException) as err:
            refused()
        assert (err.value.status, "burning" in str(err.value.body)) == (409, True)
    assert api.delete_slo(slo_id, force="true").data == [slo_id]


@pytest.mark.parametrize(
    ("further", "told"),
    [
        ({"rate": 100.5}, "must be at most 100"),
        ({"over": "7d"}, "no target over 7d"),
    ],
)
def test_an_alert_that_can_never_fire_is_refused(client: ApiClient, further: dict[str, Any], told: str) -> None:
    """Datadog blocks burn rates beyond the maximum of the target, and needs a target over the time-frame."""
    with pytest.raises(ApiException, match=told):
        MonitorsApi(client).create_monitor(alert(make(client), **further))


def test_an_alert_on_an_unknown_objective_is_refused(client: ApiClient) -> None:
    """Its id must be one of the organisation's."""
    with pytest.raises(ApiException, match="SLO not found"):
        MonitorsApi(client).create_monitor(alert("0" * 32))


def test_the_alert_goes_off_when_both_windows_burn(datadog: DatadogSandbox, client: ApiClient) -> None:
    """Evaluated from what came in over HTTP: 1 % may fail, 20 % do, and people hear of it until it ends."""
    made = MonitorsApi(client).create_monitor(alert(make(client)))
    told = []
    for minute in range(20):
        at = START + 60 * minute
        datadog.store.series.add("all", frozenset(), at, 100.0, kind="count")
        datadog.store.series.add("good", frozenset(), at, 80.0 if 5 <= minute < 12 else 100.0, kind="count")
        datadog.clock.now = at + 60
        told += [(minute + 1, each.rendered.title, each.transition.value) for each in datadog.evaluate()]

    # Seven minutes of 20 %: at most 140 of 1,200 requests failed, 11.667 times the budget of the long window.
    assert told == []
    assert datadog.state_of(made.id) == "OK"

    for minute in range(20, 40):
        at = START + 60 * minute
        datadog.store.series.add("all", frozenset(), at, 100.0, kind="count")
        datadog.store.series.add("good", frozenset(), at, 0.0 if minute < 26 else 100.0, kind="count")
        datadog.clock.now = at + 60
        told += [(minute + 1, each.rendered.title, round(each.transition.value or 0, 3)) for each in datadog.evaluate()]

    assert told == [(22, "[Triggered] burning", 15.455), (31, "[Recovered] burning", 0.0)]


def test_an_objective_on_monitors_looks_at_their_states(datadog: DatadogSandbox, client: ApiClient) -> None:
    """The monitor is evaluated before the alert, whichever was made first: down for 9 of 60 minutes it burns 15 times.

    The monitor alerts from minute 6 on; a minute counts when it is over.
    """
    failing = Monitor(name="failing", message="", type=MonitorType.METRIC_ALERT, query="max(last_1m):max:bad{*} > 0")
    number = MonitorsApi(client).create_monitor(failing).id
    made = make(client, type=SLOType.MONITOR, monitor_ids=[number], query=None)
    MonitorsApi(client).create_monitor(alert(made))
    told = []
    for minute in range(30):
        at = START + 60 * minute
        datadog.store.series.add("bad", frozenset(), at, float(5 <= minute < 20))
        datadog.clock.now = at + 60
        told += [(minute + 1, each.rendered.title, each.transition.value) for each in datadog.evaluate()]

    assert [each for each in told if "burning" in each[1]] == [
        (15, "[Triggered] burning", 15.0),
        (26, "[Recovered] burning", 0.0),
    ]
