"""The managed fields of a monitor in a form in which equal means equal, whatever the server makes of them.

An allowlist: fields the server invents are never looked at. Every row of the tables has a test.
Source: facts of the API recorded in the clients' cassettes, kennel's and terraform's suppressions (read 2026-11).
"""

from collections.abc import Mapping
from typing import Any, Final

from watchkeeper.monitors.options import DEFAULTS, NAMES
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_query
from watchkeeper.query.visit import group_by_of

_SETS: Final = frozenset({"notify_by", "renotify_statuses"})
_CHECK_THRESHOLDS: Final = {"critical": 1.0, "ok": 1.0, "warning": 1.0}


def normalise_monitor(body: Mapping[str, Any]) -> dict[str, Any]:
    """Flat: `name`, `type`, `query`, `message`, `tags`, `priority`, and `options.<name>` for every managed option."""
    kind = _type(body.get("type"))
    result: dict[str, Any] = {
        "name": _text(body.get("name")),
        "type": kind,
        "query": _text(body.get("query")),
        "message": _text(body.get("message")),
        "tags": sorted({str(tag) for tag in body.get("tags") or []}),
        "priority": body.get("priority") or None,
    }
    options = body.get("options") or {}
    for name in NAMES:
        value = _option(name, options.get(name), kind, body)
        if value is not None:
            result[f"options.{name}"] = value
    return result


def _type(kind: object) -> object:
    # Datadog answers with either of the two, and not always with the one that was sent.
    return "query alert" if kind == "metric alert" else kind


def _text(text: object) -> str:
    # The server trims the outer white space of name, query and message.
    return str(text or "").strip()


def _option(name: str, value: Any, kind: object, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    options = body.get("options") or {}
    if name == "thresholds":
        return _thresholds(value, kind)
    if name in ("variables", "renotify_statuses", "scheduling_options", "aggregation", "threshold_windows"):
        value = value or None
    if name == "no_data_timeframe" and not options.get("notify_no_data"):
        return None  # without notify_no_data it means nothing, and the server makes it up
    if name == "new_host_delay" and options.get("new_group_delay") is not None:
        return None  # any new_group_delay overrides it
    if name == "notify_by" and list(value or ()) == ["*"] and not _has_groups(body):
        return None  # on a monitor without groups it is only a sentinel
    if name in ("enable_logs_sample", "groupby_simple_monitor") and not value:
        return None
    if value is None:
        return DEFAULTS.get(name)
    if name in _SETS:
        return sorted(value)
    if name == "escalation_message":
        return _text(value)
    return _number(value)


def _has_groups(body: Mapping[str, Any]) -> bool:
    """Whether the query is grouped; one that cannot be read is taken for grouped, so that no difference gets lost."""
    try:
        return bool(group_by_of(parse_query(str(body.get("query") or ""))))
    except QuerySyntaxError:
        return True


def _thresholds(value: Mapping[str, Any] | None, kind: object) -> dict[str, float | str] | None:
    given: dict[str, float | str] = {
        key: _text(number) if key.endswith("_query") else float(number)
        for key, number in (value or {}).items()
        if number is not None
    }
    if kind == "service check":
        return {**_CHECK_THRESHOLDS, **given}
    if kind != "service check":
        given = {key: number for key, number in given.items() if key not in ("ok", "unknown")}
    return given or None


def _number(value: Any) -> Any:  # noqa: ANN401 - JSON
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value
