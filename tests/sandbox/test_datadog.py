"""The sandbox's Datadog, spoken to as its users speak to Datadog."""

from typing import Any

import pytest
from datadog_api_client import ApiClient
from datadog_api_client.exceptions import ApiException, ForbiddenException, NotFoundException
from datadog_api_client.v1.api.monitors_api import MonitorsApi
from datadog_api_client.v1.api.service_checks_api import ServiceChecksApi
from datadog_api_client.v1.model.monitor import Monitor
from datadog_api_client.v1.model.monitor_options import MonitorOptions
from datadog_api_client.v1.model.monitor_thresholds import MonitorThresholds
from datadog_api_client.v1.model.monitor_type import MonitorType
from datadog_api_client.v1.model.monitor_update_request import MonitorUpdateRequest
from datadog_api_client.v1.model.service_check import ServiceCheck
from datadog_api_client.v1.model.service_check_status import ServiceCheckStatus
from datadog_api_client.v1.model.service_checks import ServiceChecks
from datadog_api_client.v2.api.metrics_api import MetricsApi
from datadog_api_client.v2.model.metric_intake_type import MetricIntakeType
from datadog_api_client.v2.model.metric_payload import MetricPayload
from datadog_api_client.v2.model.metric_point import MetricPoint
from datadog_api_client.v2.model.metric_series import MetricSeries

from tests.sandboxes import NOW as START
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.datadog.monitors import monitor_error

QUERY = "max(last_1m):avg:jobs.waiting{env:prod} > 10"


def monitor(**changes: Any) -> Monitor:
    given = {"name": "waiting", "message": "{{value}} wait @pagerduty-x", "query": QUERY, "tags": ["team:a"], **changes}
    return Monitor(type=MonitorType.QUERY_ALERT, **given)


def submit(client: ApiClient, at: int, value: float) -> None:
    series = MetricSeries(
        metric="jobs.waiting",
        type=MetricIntakeType.GAUGE,
        points=[MetricPoint(timestamp=at, value=value)],
        tags=["env:prod"],
    )
    MetricsApi(client).submit_metrics(MetricPayload(series=[series]))


def test_the_official_client_makes_changes_and_removes_a_monitor(client: ApiClient) -> None:
    """Unmodified: create, get, partial update, list, delete, not found."""
    api = MonitorsApi(client)

    made = api.create_monitor(monitor())
    changed = api.update_monitor(made.id, MonitorUpdateRequest(name="still waiting"))

    assert (changed.name, changed.query) == ("still waiting", QUERY)
    assert [each.id for each in api.list_monitors(monitor_tags="team:a")] == [made.id]
    assert api.list_monitors(monitor_tags="team:b") == []
    api.delete_monitor(made.id)
    with pytest.raises(NotFoundException):
        api.get_monitor(made.id)


def test_submitted_series_trigger_the_monitor_and_the_recovery_is_told_too(
    client: ApiClient, datadog: DatadogSandbox
) -> None:
    """What came in over HTTP is all that the evaluation knows."""
    MonitorsApi(client).create_monitor(monitor())
    told = []
    for minute, value in enumerate([1.0, 12.0, 2.0]):
        submit(client, START + 60 * minute, value)
        datadog.clock.now = START + 60 * (minute + 1)
        told += [(notice.rendered.title, notice.rendered.message) for notice in datadog.evaluate()]

    assert told == [("[Triggered] waiting", "12 wait @pagerduty-x"), ("[Recovered] waiting", "2 wait @pagerduty-x")]


def test_a_wrong_key_is_forbidden(client: ApiClient) -> None:
    """403, as Datadog answers."""
    client.configuration.api_key["appKeyAuth"] = "wrong"

    with pytest.raises(ForbiddenException):
        MonitorsApi(client).list_monitors()


@pytest.mark.parametrize(
    ("query", "thresholds", "error"),
    [
        ("avg(last_5m):nonsense", {}, "The value provided for parameter 'query' is invalid"),
        (QUERY, {"critical": 9}, "Alert threshold (9.0) does not match that used in the query (10.0)."),
        (QUERY, {"warning": 5}, "Alert status is required."),
        (
            QUERY,
            {"critical": 10, "warning": 20},
            "Warning threshold (20.0) must be less than the alert threshold (10.0) with > comparison.",
        ),
        (QUERY, {"critical": 10, "critical_recovery": 11}, "alert and alert recovery criteria are such that"),
    ],
    ids=["query", "mismatch", "no-critical", "warning-beyond", "recovery-overlaps"],
)
def test_what_datadog_refuses_is_refused_in_its_words(query: str, thresholds: dict[str, float], error: str) -> None:
    """Texts recorded from the real API."""
    body = {"type": "query alert", "query": query, "options": {"thresholds": thresholds}}

    assert monitor_error(body).startswith(error)


def test_a_service_check_and_a_composite_on_it_alert_live(client: ApiClient, datadog: DatadogSandbox) -> None:
    """Runs come in over HTTP; the composite is evaluated after its member."""
    api = MonitorsApi(client)
    check = '"db.up".over("env:prod").by("host").last(2).count_by_status()'
    member = api.create_monitor(
        Monitor(
            name="db", type=MonitorType.SERVICE_CHECK, query=check, message="down", tags=[],
            options=MonitorOptions(thresholds=MonitorThresholds(critical=2.0, warning=1.0, ok=1.0)),
        )
    )  # fmt: skip
    api.create_monitor(Monitor(name="both", type=MonitorType.COMPOSITE, query=f"{member.id}", message="c", tags=[]))
    told = []
    for minute, status in enumerate([0, 2, 2]):
        run = ServiceCheck(
            check="db.up", host_name="a", status=ServiceCheckStatus(status), tags=["env:prod"],
            timestamp=START + 60 * minute,
        )  # fmt: skip
        ServiceChecksApi(client).submit_service_check(ServiceChecks([run]))
        datadog.clock.now = START + 60 * (minute + 1)
        told += [(notice.monitor["name"], notice.rendered.title) for notice in datadog.evaluate()]

    assert told == [("db", "[Triggered on {host:a}] db"), ("both", "[Triggered on {host:a}] both")]


def test_a_query_that_cannot_be_read_is_refused_whatever_its_type(client: ApiClient) -> None:
    """Logs, checks and composites as well as metrics."""
    with pytest.raises(ApiException) as caught:
        MonitorsApi(client).create_monitor(
            Monitor(name="x", type=MonitorType.LOG_ALERT, query="logs(", message="", tags=[])
        )

    assert caught.value.status == 400


def test_a_member_of_a_composite_is_not_deleted_before_it(client: ApiClient) -> None:
    """Datadog names the composite; with `force` the member goes all the same."""
    api = MonitorsApi(client)
    member = api.create_monitor(monitor()).id
    composite = Monitor(type=MonitorType.COMPOSITE, name="both", message="", query=f"{member} && !{member}")
    api.create_monitor(composite)

    with pytest.raises(ApiException, match="is referenced in composite monitors"):
        api.delete_monitor(member)

    assert api.delete_monitor(member, force="true").deleted_monitor_id == member
