"""Datadog's monitor options, by Datadog's names, and what the server means by leaving one out.

Sources: OpenAPI v1 of datadog-api-client 2.62.0 (MonitorOptions); the defaults from recorded answers of the API and
from the settings that kennel and the Terraform provider suppress in a diff (read 2026-11).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Final, Literal

from annotated_types import Ge, Le

from watchkeeper.project.validate import STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """When a state begins and when it ends. Numbers in the unit of the query's result.

    critical: Alert begins; the number in the query. Of a service check, so many runs in a row. warning: Warn
    begins. Of a service check, so many runs in a row. critical_recovery: Alert ends; that of `critical` where left
    out. warning_recovery: Warn ends; that of `warning` where left out. critical_query: formula that gives
    `critical`, where the query says `> threshold`. critical_recovery_query: formula that gives `critical_recovery`.
    ok, unknown: of a service check, so many runs of that status in a row.
    """

    __pydantic_config__ = STRICT

    critical: float | None = None
    critical_query: str | None = None
    critical_recovery_query: str | None = None
    critical_recovery: float | None = None
    warning: float | None = None
    warning_recovery: float | None = None
    ok: float | None = None
    unknown: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdWindows:
    """Of anomaly monitors: how long is looked at to trigger and to recover.

    trigger_window: such as `last_15m`; the `alert_window` of the query. recovery_window: such as `last_15m`; normal
    for so long ends the alert.
    """

    __pydantic_config__ = STRICT

    trigger_window: str | None = None
    recovery_window: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorOptions:
    """What may stand under `options:`. Absent means Datadog's default, and is put back to it.

    aggregation: of log, trace and RUM monitors that Datadog's page made: metric, type and group.
    enable_logs_sample: of log monitors: the notification shows some of the logs. enable_samples: of CI monitors:
    the notification shows some of the runs. escalation_message: text of repeated notifications; Datadog advises an
    `{{#is_renotify}}` block instead. evaluation_delay: seconds; the window ends so long ago. 900 for polled
    CloudWatch metrics. group_retention_duration: time after which a silent group is forgotten, `1h` to `72h`; of
    log, trace, RUM, CI, event, audit and error-tracking monitors; 24 hours elsewhere. groupby_simple_monitor: of
    log monitors: one alert for all groups; deprecated by Datadog for `notify_by`. include_tags: the title names the
    group's tags; true where left out. min_failure_duration: of synthetic tests, seconds of failure before the
    alert. min_location_failed: of synthetic tests, places that fail at the same time. new_group_delay: seconds in
    which a new group is not evaluated; it overrides `new_host_delay`. new_host_delay: the same, of groups by `host`
    alone; 300 where both are left out. no_data_timeframe: minutes without data until No Data, with
    `notify_no_data`; twice the window is advised. notification_preset_name: what Datadog adds to the notification,
    and what it hides. notify_audit: whoever is mentioned hears of changes to the monitor. notify_by: group keys by
    which notifications are bundled, a part of those of the query; `["*"]` for one. notify_no_data: No Data is
    notified; the older form of `on_missing_data`. on_missing_data: what an evaluation without data means; by
    default 0 for counts, the last state for all others. renotify_interval: minutes until the notification is
    repeated; 0 never. renotify_occurrences: how often it is repeated at most. renotify_statuses: states in which it
    is repeated; alert and no data where left out. require_full_window: evaluate only when the whole window has
    data; false for sparse metrics. scheduling_options: `evaluation_window` (start of hour, day or month) and
    `custom_schedule` (a recurrence rule), as Datadog's API takes them. threshold_windows: of anomaly monitors: how
    long they look. thresholds: when a state begins and ends. timeout_h: hours without data until the alert resolves
    by itself; 0 never. variables: queries of events, logs or metrics that a formula names, as Datadog's API takes
    them.
    """

    __pydantic_config__ = STRICT

    aggregation: Mapping[str, Any] | None = None
    enable_logs_sample: bool | None = None
    enable_samples: bool | None = None
    escalation_message: str | None = None
    evaluation_delay: Annotated[int, Ge(0), Le(86400)] | None = None
    group_retention_duration: str | None = None
    groupby_simple_monitor: bool | None = None
    include_tags: bool | None = None
    min_failure_duration: Annotated[int, Ge(0), Le(7200)] | None = None
    min_location_failed: Annotated[int, Ge(0)] | None = None
    new_group_delay: Annotated[int, Ge(0)] | None = None
    new_host_delay: Annotated[int, Ge(0)] | None = None
    no_data_timeframe: Annotated[int, Ge(0)] | None = None
    notification_preset_name: Literal["show_all", "hide_query", "hide_handles", "hide_all"] | None = None
    notify_audit: bool | None = None
    notify_by: tuple[str, ...] | None = None
    notify_no_data: bool | None = None
    on_missing_data: Literal["default", "show_no_data", "show_and_notify_no_data", "resolve"] | None = None
    renotify_interval: Annotated[int, Ge(0)] | None = None
    renotify_occurrences: Annotated[int, Ge(1)] | None = None
    renotify_statuses: tuple[Literal["alert", "warn", "no data"], ...] | None = None
    require_full_window: bool | None = None
    scheduling_options: Mapping[str, Any] | None = None
    threshold_windows: ThresholdWindows | None = None
    thresholds: Thresholds | None = None
    timeout_h: Annotated[int, Ge(0), Le(24)] | None = None
    variables: tuple[Mapping[str, Any], ...] | None = None


NAMES: Final = tuple(field.name for field in fields(MonitorOptions))
"""Every option that is managed: what the repository does not say is put back to its default."""

DEFAULTS: Final[Mapping[str, Any]] = {
    "evaluation_delay": 0,
    "escalation_message": "",
    "groupby_simple_monitor": False,
    "include_tags": True,
    "new_host_delay": 300,
    "notify_audit": False,
    "notify_no_data": False,
    "renotify_interval": 0,
    "require_full_window": False,
    "timeout_h": 0,
    "min_failure_duration": 0,
    "min_location_failed": 1,
}
"""What the server puts in for an option that is absent or null; all others mean nothing when absent."""
