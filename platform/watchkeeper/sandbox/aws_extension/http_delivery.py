"""Firehose delivers to HTTP endpoints, and tells all of such a destination; ministack stores the settings alone.

Format: Firehose developer guide, "HTTP endpoint delivery request and response specifications", read 2026-11.
"""

import base64
import gzip
import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ministack.services import firehose, secretsmanager

from .clock import CLOCK

HOSTS: Mapping[str, str] = json.loads(os.environ.get("WATCHKEEPER_HOSTS", "{}"))
"""Where a host of the outside is in the sandbox: `{"host": "http://127.0.0.1:port"}`."""
_TIMEOUT_S = 60
_SHOWN = 500
FAULTS: set[str] = set()
"""What is broken at the moment, such as `firehose-stopped`; shared by the parts that break."""
SILENT = "intake-silent:"
"""Hosts with what follows in their name do not answer; each request ends after Firehose's three minutes, which nobody
waits for here."""


def send(delivery: Mapping[str, Any], records: Sequence[bytes], request_id: str) -> tuple[str, str]:
    """One request with all records; gives an error code and why it was not taken, both empty when it was."""
    settings = settings_of(delivery)
    if settings is None:
        return "HttpEndpoint.NoDestination", f"the delivery stream {delivery['name']} has no HTTP endpoint"
    endpoint = settings["EndpointConfiguration"]
    host = urlsplit(endpoint["Url"]).netloc
    if host not in HOSTS:
        return "HttpEndpoint.ConnectionFailed", f"{host} is not in the sandbox"
    if any(fault.startswith(SILENT) and fault.removeprefix(SILENT) in host for fault in FAULTS):
        return "HttpEndpoint.RequestTimeout", f"{host} did not answer within 3 minutes"
    body = {
        "requestId": request_id,
        "timestamp": int(CLOCK.time() * 1000),
        "records": [{"data": base64.b64encode(record).decode()} for record in records],
    }
    headers = {
        "Content-Type": "application/json",
        "X-Amz-Firehose-Protocol-Version": "1.0",
        "X-Amz-Firehose-Request-Id": request_id,
        "X-Amz-Firehose-Source-Arn": str(delivery["arn"]),
        "X-Amz-Firehose-Access-Key": _access_key(settings),
    }
    attributes = _attributes(settings)
    if attributes:
        headers["X-Amz-Firehose-Common-Attributes"] = json.dumps({"commonAttributes": attributes})
    data = json.dumps(body).encode()
    if (settings.get("RequestConfiguration") or {}).get("ContentEncoding") == "GZIP":
        data = gzip.compress(data, 1)
        headers["Content-Encoding"] = "gzip"
    url = endpoint["Url"].replace(f"https://{host}", HOSTS[host], 1)
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - loopback, given by the launcher
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_TIMEOUT_S) as answer:
            told = json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as err:
        text = err.read().decode(errors="replace")[:_SHOWN]
        told_text = f"The following response was received from the endpoint destination. {err.code}: {text}"
        return "HttpEndpoint.DestinationException", told_text
    except OSError as err:
        return "HttpEndpoint.ConnectionFailed", f"{host} did not answer: {err}"
    except ValueError:
        told = {}
    if told.get("requestId") != request_id:
        return "HttpEndpoint.InvalidResponseFromDestination", f"{host} did not confirm the request"
    return "", ""


def settings_of(delivery: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The HTTP destination of a delivery stream as it was configured; None where it has none."""
    found: Mapping[str, Any] | None = next(
        (each["config"] for each in delivery["destinations"] if each["type"] == "HttpEndpoint"), None
    )
    return found


def _attributes(settings: Mapping[str, Any]) -> dict[str, str]:
    """What the stream sends with every request, the same for all of its records."""
    given = (settings.get("RequestConfiguration") or {}).get("CommonAttributes") or []
    return {str(each["AttributeName"]): str(each["AttributeValue"]) for each in given}


def _access_key(settings: Mapping[str, Any]) -> str:
    """From Secrets Manager where the settings say so, as JSON with `api_key`; else the key that they hold."""
    source = settings.get("SecretsManagerConfiguration") or {}
    if str(source.get("Enabled", False)).lower() != "true":
        return str(settings["EndpointConfiguration"].get("AccessKey", ""))
    text = secretsmanager.resolve_secret_string(source["SecretARN"]) or ""
    try:
        return str(json.loads(text)["api_key"])
    except (ValueError, KeyError, TypeError):
        return ""  # Firehose reads no other shape; the endpoint will refuse it


def _described(destination: Mapping[str, Any]) -> dict[str, Any]:
    """DescribeDeliveryStream of an HTTP destination with all that was given; never its access key."""
    found: dict[str, Any] = _plain_description(destination)
    if destination["type"] != "HttpEndpoint":
        return found
    given = destination["config"]
    told = found["HttpEndpointDestinationDescription"]
    told["EndpointConfiguration"] = {
        name: value for name, value in given["EndpointConfiguration"].items() if name != "AccessKey"
    }
    for name in ("RequestConfiguration", "RetryOptions", "RoleARN", "SecretsManagerConfiguration"):
        if name in given:
            told[name] = given[name]
    if "CloudWatchLoggingOptions" in given:
        told["CloudWatchLoggingOptions"] = given["CloudWatchLoggingOptions"]
    if "S3Configuration" in given:
        told["S3DestinationDescription"] = given["S3Configuration"]
    return found


_plain_description = firehose._dest_description


def register() -> None:
    """Let DescribeDeliveryStream tell all of an HTTP destination."""
    firehose._dest_description = _described
