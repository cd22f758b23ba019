"""CloudWatch Logs hands the lines of a group to Firehose, in the real format; ministack knows Lambda alone.

A record is a gzipped JSON document of one log stream's lines. A group takes two filters. Sources: CloudWatch Logs user
guide, "Real-time processing of log data with subscriptions" and "CloudWatch Logs quotas", read 2026-11.
"""

import gzip
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ministack.core.responses import error_response_json, get_account_id
from ministack.services import cloudwatch_logs, firehose

from . import firehose_buffer

_LIMIT = 2
_MAX_BYTES = 1_000_000
"""Of the lines in one record, before they are compressed; Firehose takes records of 1,000 KiB."""
_OK = 200


def write(streams: Iterable[Mapping[str, Any]]) -> None:
    """What AWS services write of a minute: group, stream, and events with timestamp (ms) and message.

    Raises ValueError for a group that does not exist.
    """
    for each in streams:
        group, stream = str(each["group"]), str(each["stream"])
        found = cloudwatch_logs._log_groups.get(group)
        if found is None:
            raise ValueError(f"the log group {group} does not exist")
        if stream not in found["streams"]:
            cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
        given = {"logGroupName": group, "logStreamName": stream, "logEvents": list(each["events"])}
        status, _, answer = cloudwatch_logs._put_log_events(given)
        if status != _OK:
            raise ValueError(f"{group}: {answer!r}")


def _fan_out(group: str, stream: str, events: Sequence[Mapping[str, Any]]) -> None:
    """To every filter of the group: Firehose here, Lambda as before."""
    _plain_fan_out(group, stream, events)
    filters = (cloudwatch_logs._log_groups.get(group) or {}).get("subscriptionFilters") or {}
    for given in filters.values():
        arn = str(given.get("destinationArn", ""))
        delivery = firehose._streams.get(arn.rpartition("/")[2]) if ":firehose:" in arn else None
        if delivery is None:
            continue
        pattern = given.get("filterPattern", "")
        chosen = [each for each in events if _matches(pattern, str(each.get("message", "")))]
        if chosen:
            firehose_buffer.put(delivery, list(_records(group, stream, str(given["filterName"]), chosen)))


def _records(group: str, stream: str, name: str, events: Sequence[Mapping[str, Any]]) -> Iterable[bytes]:
    """Gzipped messages, each within what a record holds."""
    part: list[Mapping[str, Any]] = []
    size = 0
    for event in events:
        length = len(str(event["message"]).encode())
        if part and size + length > _MAX_BYTES:
            yield _record(group, stream, name, part)
            part, size = [], 0
        part.append(event)
        size += length
    yield _record(group, stream, name, part)


def _record(group: str, stream: str, name: str, events: Sequence[Mapping[str, Any]]) -> bytes:
    message = {
        "messageType": "DATA_MESSAGE",
        "owner": get_account_id(),
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [name],
        "logEvents": [
            {"id": f"{uuid.uuid4().int:056d}", "timestamp": each["timestamp"], "message": each["message"]}
            for each in events
        ],
    }
    return gzip.compress(json.dumps(message).encode(), 1)


def _put_filter(given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the emulator's answer
    """A third filter of a group is refused, as in AWS."""
    group = cloudwatch_logs._log_groups.get(given.get("logGroupName"))
    filters = (group or {}).get("subscriptionFilters") or {}
    if len(filters) >= _LIMIT and given.get("filterName") not in filters:
        return error_response_json("LimitExceededException", "Resource limit exceeded.", 400)
    return _plain_put_filter(given)


_plain_fan_out = cloudwatch_logs._fanout_to_subscription_filters
_plain_put_filter = cloudwatch_logs._put_subscription_filter
_matches = cloudwatch_logs._subscription_pattern_matches


def register() -> None:
    """Deliver to Firehose, and count the filters of a group."""
    cloudwatch_logs._fanout_to_subscription_filters = _fan_out
    cloudwatch_logs._put_subscription_filter = _put_filter
