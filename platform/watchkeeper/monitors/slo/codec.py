"""Objectives to and from Datadog's JSON, and the form in which equal means equal. Pure: nothing here speaks HTTP.

Source: OpenAPI v1 of datadog-api-client 2.62.0 (ServiceLevelObjective); answers recorded by the clients' tests and
the settings that kennel and the Terraform provider leave out of a diff (read 2026-11).
"""

from collections.abc import Mapping
from typing import Any

from watchkeeper.monitors.model import KIND as MONITOR
from watchkeeper.monitors.slo.model import SLO, SloThreshold
from watchkeeper.project.identity import MANAGED_TAG, Identity, Ref, identity_in_tags


def encode_slo(slo: SLO) -> dict[str, Any]:
    """What is sent to Datadog. In the place of a declared monitor's number stands a reference."""
    body: dict[str, Any] = {
        "name": slo.name,
        "type": slo.type,
        "description": slo.description,
        "tags": slo_tags(slo),
        "thresholds": [_threshold(each) for each in slo.thresholds],
    }
    if slo.query:
        body["query"] = dict(slo.query)
    if slo.sli_specification:
        body["sli_specification"] = dict(slo.sli_specification)
    if slo.monitor_ids:
        body["monitor_ids"] = [Ref(MONITOR, each) if isinstance(each, Identity) else each for each in slo.monitor_ids]
    if slo.groups:
        body["groups"] = list(slo.groups)
    return body


def slo_tags(slo: SLO) -> list[str]:
    """Who it is and whose it is, then its own tags; Datadog keeps no order, and writes them in lower case."""
    own = {"env": slo.env, "service": slo.service, "team": slo.team}
    tags = {MANAGED_TAG, slo.identity.tag, *(f"{key}:{value}" for key, value in own.items() if value)}
    return sorted(tags | set(slo.tags))


def _threshold(threshold: SloThreshold) -> dict[str, Any]:
    body: dict[str, Any] = {"timeframe": threshold.timeframe, "target": threshold.target}
    return body if threshold.warning is None else {**body, "warning": threshold.warning}


def identify_slo(body: Mapping[str, Any]) -> Identity | None:
    """Whose an objective is, by its tags."""
    return identity_in_tags(list(body.get("tags") or []))


def slo_id(body: Mapping[str, Any]) -> str:
    """Datadog's id of an objective."""
    return str(body["id"])


def slo_title(body: Mapping[str, Any]) -> str:
    """The name under which people know it."""
    return str(body.get("name", ""))


def normalise_slo(body: Mapping[str, Any]) -> dict[str, Any]:
    """Flat: `name`, `type`, `description`, `tags`, `query`, `monitor_ids`, `groups`, and `thresholds.<timeframe>`.

    An allowlist. What the server derives is not looked at: `type_id`, `monitor_tags`, `*_display`, and the time-frame,
    target and warning that it shows first. `query` counts only where no `sli_specification` does: the server writes
    one from the other.
    """
    result: dict[str, Any] = {
        "name": _text(body.get("name")),
        "type": body.get("type"),
        "description": _text(body.get("description")),
        "tags": sorted({str(tag).lower() for tag in body.get("tags") or []}),
        "monitor_ids": sorted(str(each) for each in body.get("monitor_ids") or []),
        "groups": sorted(str(each) for each in body.get("groups") or []),
    }
    specification, query = body.get("sli_specification"), body.get("query")
    if specification:
        result["sli_specification"] = _numbers(specification)
    elif query:
        result["query.numerator"] = _text(query.get("numerator"))
        result["query.denominator"] = _text(query.get("denominator"))
    for threshold in body.get("thresholds") or []:
        name = f"thresholds.{threshold['timeframe']}"
        result[f"{name}.target"] = float(threshold["target"])
        if threshold.get("warning") is not None:
            result[f"{name}.warning"] = float(threshold["warning"])
    return result


def _text(text: object) -> str:
    return str(text or "").strip()


def _numbers(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON values with whole numbers as such: the server answers 1.0 where 1 was sent."""
    if isinstance(value, Mapping):
        return {key: _numbers(item) for key, item in sorted(value.items()) if item is not None}
    if isinstance(value, list | tuple):
        return [_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
