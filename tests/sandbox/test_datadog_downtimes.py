"""Downtimes in the sandbox's Datadog, made by the official client."""

from datetime import UTC, datetime
from typing import Any

import pytest
from datadog_api_client import ApiClient
from datadog_api_client.exceptions import ApiException, NotFoundException
from datadog_api_client.v1.api.monitors_api import MonitorsApi
from datadog_api_client.v1.model.monitor import Monitor
from datadog_api_client.v1.model.monitor_type import MonitorType
from datadog_api_client.v2.api.downtimes_api import DowntimesApi
from datadog_api_client.v2.model.downtime_create_request import DowntimeCreateRequest
from datadog_api_client.v2.model.downtime_create_request_attributes import DowntimeCreateRequestAttributes
from datadog_api_client.v2.model.downtime_create_request_data import DowntimeCreateRequestData
from datadog_api_client.v2.model.downtime_monitor_identifier_tags import DowntimeMonitorIdentifierTags
from datadog_api_client.v2.model.downtime_resource_type import DowntimeResourceType
from datadog_api_client.v2.model.downtime_schedule_one_time_create_update_request import (
    DowntimeScheduleOneTimeCreateUpdateRequest,
)

from tests.sandboxes import NOW as START
from watchkeeper.sandbox.datadog.app import DatadogSandbox


def mute(client: ApiClient, scope: str, **schedule: Any) -> str:
    attributes = DowntimeCreateRequestAttributes(
        scope=scope,
        monitor_identifier=DowntimeMonitorIdentifierTags(monitor_tags=["team:a"]),
        schedule=DowntimeScheduleOneTimeCreateUpdateRequest(**schedule),
    )
    data = DowntimeCreateRequestData(attributes=attributes, type=DowntimeResourceType.DOWNTIME)
    return str(DowntimesApi(client).create_downtime(DowntimeCreateRequest(data=data)).data.id)


def alerts(client: ApiClient, datadog: DatadogSandbox, minutes: int) -> list[int]:
    """Let a metric be high for so many minutes; gives the minutes in which people were told."""
    query = "max(last_1m):avg:jobs.waiting{env:prod} > 10"
    MonitorsApi(client).create_monitor(
        Monitor(name="waiting", type=MonitorType.QUERY_ALERT, query=query, message="m", tags=["team:a"])
    )
    told = []
    for minute in range(minutes):
        datadog.store.series.add("jobs.waiting", frozenset({"env:prod"}), START + 60 * minute, 12.0)
        datadog.clock.now = START + 60 * (minute + 1)
        told += [minute + 1 for _ in datadog.evaluate()]
    return told


def test_a_downtime_mutes_and_its_end_tells(client: ApiClient, datadog: DatadogSandbox) -> None:
    """From now until the third minute; then what still alerts is told."""
    mute(client, "env:prod", end=datetime.fromtimestamp(START + 180, UTC))

    assert alerts(client, datadog, 4) == [3]


def test_a_canceled_downtime_mutes_no_more(client: ApiClient, datadog: DatadogSandbox) -> None:
    """It stays readable, as canceled; a scope that does not match mutes nothing."""
    downtime_id = mute(client, "env:prod")
    mute(client, "env:dev")
    DowntimesApi(client).cancel_downtime(downtime_id)

    assert alerts(client, datadog, 1) == [1]
    found = DowntimesApi(client).get_downtime(downtime_id).data.attributes
    assert str(found.status) == "canceled"
    statuses = {str(each.attributes.status) for each in DowntimesApi(client).list_downtimes().data}
    assert statuses == {"canceled", "active"}


def test_a_downtime_that_makes_no_sense_is_refused(client: ApiClient) -> None:
    """As the recorded API does."""
    with pytest.raises(ApiException) as caught:
        mute(client, "(((")
    assert caught.value.status == 400
    with pytest.raises(NotFoundException):
        DowntimesApi(client).get_downtime("00000000-0000-1234-0000-000000000000")
