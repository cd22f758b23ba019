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

    critical_query, critical_recovery_query: formulas that give the number, where the query says `> threshold`.
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
    """Of anomaly monitors: how long is looked at to trigger and to recover, such as `last_15m`."""

    __pydantic_config__ = STRICT

    trigger_window: str | None = None
    recovery_window: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorOptions:
    """What may stand under `options:`. Absent means Datadog's default."""

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
