"""What sends logs to the sandbox's Datadog: Agents and routers to `/api/v2/logs`, Firehose to either path of its own.

Limits and answers: Datadog's OpenAPI description, "Send logs", and its page "Log collection", read 2026-11: 5 MB in a
request before it is compressed, 1,000 logs in an array, 1 MB a log (the rest is cut), at most 18 hours old (older ones
are accepted and dropped). What a stream's common attributes become: Datadog's guide on the Firehose destination.
"""

import base64
import gzip
import hmac
import json
import zlib
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.log_store import LogRecord, LogStore

PATHS: Final = ("/api/v2/logs", "/v1/input")
MAX_BYTES: Final = 5_000_000
MAX_ENTRIES: Final = 1000
MAX_LOG_BYTES: Final = 1_000_000
OLDEST_S: Final = 18 * 3600
FIREHOSE_ENTRIES: Final = 65_536
"""Events in one delivery of Firehose. Source: Datadog's guide on the Firehose destination."""
_STATUSES: Final[Mapping[str, str]] = {
    "trace": "debug", "debug": "debug", "info": "info", "log": "info", "notice": "notice", "warn": "warn",
    "warning": "warn", "error": "error", "err": "error", "fatal": "critical", "critical": "critical",
    "panic": "emergency",
}  # fmt: skip
_RESERVED: Final = ("ddsource", "ddtags", "hostname", "message", "service", "timestamp")


class LogIntakeApi:
    """Takes logs in. refuses_with: a fault's status, 0 for none. dropped: logs that were too old to be kept."""

    def __init__(self, store: LogStore, clock: Clock, api_key: str) -> None:
        self._store = store
        self._clock = clock
        self._key = api_key
        self.refuses_with = 0
        self.received = 0
        self.dropped = 0

    def routes(self) -> list[Route]:
        """Both paths."""
        return [Route(path, self._take, methods=["POST"]) for path in PATHS]

    async def _take(self, request: Request) -> Response:
        if "x-amz-firehose-request-id" in request.headers:
            return await self._from_firehose(request)
        status = self._refusal(request.headers.get("dd-api-key", ""))
        if status:
            return _refused(status)
        try:
            entries = _entries(await _body(request))
        except (OSError, ValueError, zlib.error):
            return _refused(400)
        except OverflowError:
            return _refused(413)
        if len(entries) > MAX_ENTRIES:
            return _refused(413)
        common = {name: value for name, value in request.query_params.items() if name in _RESERVED}
        for entry in entries:
            self._keep({**common, **entry})
        return JSONResponse({}, status_code=202)

    def _refusal(self, key: str) -> int:
        """The status with which a request is refused whatever it holds; 0 for none."""
        if not hmac.compare_digest(key, self._key):
            return 403
        return self.refuses_with

    async def _from_firehose(self, request: Request) -> Response:
        request_id = request.headers["x-amz-firehose-request-id"]
        status = self._refusal(request.headers.get("x-amz-firehose-access-key", ""))
        if status:
            return _answer(request_id, status)
        try:
            records = json.loads(await _body(request))["records"]
            common = json.loads(request.headers.get("x-amz-firehose-common-attributes", "{}"))
            attributes = {str(name): str(value) for name, value in common.get("commonAttributes", {}).items()}
            entries = [each for record in records for each in _logs_of(base64.b64decode(record["data"]))]
        except OverflowError:
            return _answer(request_id, 413)
        except (AttributeError, KeyError, TypeError, ValueError, OSError, zlib.error) as err:
            return _answer(request_id, 400, f"the records cannot be read: {err}")
        if len(entries) > FIREHOSE_ENTRIES:
            return _answer(request_id, 413)
        tags = ",".join(f"{name}:{value}" for name, value in attributes.items())
        for entry in entries:
            source = attributes.get("source") or _source(str(entry.get("aws", {}).get("awslogs", {}).get("logGroup")))
            own = {"ddsource": source, "service": attributes.get("service", source), "ddtags": tags}
            self._keep({**own, **entry})
        return _answer(request_id, 200)

    def _keep(self, entry: Mapping[str, Any]) -> None:
        now_ms = self._clock.now * 1000
        at_ms = int(entry.get("timestamp") or now_ms)
        self.received += 1
        if at_ms < now_ms - OLDEST_S * 1000:
            self.dropped += 1
            return
        message = str(entry.get("message", "")).encode()[:MAX_LOG_BYTES].decode(errors="ignore")
        structured = _structured(message)
        message = str(structured.pop("message", message))  # as Datadog's own pipeline for JSON does
        attributes = {name: value for name, value in entry.items() if name not in _RESERVED} | structured
        level = str(attributes.get("status") or attributes.get("level") or "info").lower()
        service, source = str(entry.get("service", "")), str(entry.get("ddsource", ""))
        tags = {tag.strip().lower() for tag in str(entry.get("ddtags", "")).split(",") if tag.strip()}
        tags |= {f"{name}:{value}".lower() for name, value in (("service", service), ("source", source)) if value}
        self._store.add(
            LogRecord(
                self._store.next_id(), at_ms, message, service.lower(), source.lower(), str(entry.get("hostname", "")),
                _STATUSES.get(level, "info"), frozenset(tags), attributes,
            )
        )  # fmt: skip


async def _body(request: Request) -> bytes:
    """Unpacked. Raises OverflowError beyond what Datadog takes."""
    raw = await request.body()
    encoding = request.headers.get("content-encoding", "")
    if encoding == "gzip":
        raw = gzip.decompress(raw)
    elif encoding == "deflate":
        raw = zlib.decompress(raw)
    # Firehose's records are base64 of what was gzipped before; its own limit is that of the records.
    if len(raw) > MAX_BYTES and "x-amz-firehose-request-id" not in request.headers:
        raise OverflowError
    return raw


def _entries(raw: bytes) -> list[Mapping[str, Any]]:
    """One log or an array of them, in JSON; a plain text is one message. Raises ValueError."""
    text = raw.decode()
    if not text.lstrip().startswith(("{", "[")):
        return [{"message": line} for line in text.splitlines() if line]
    body = json.loads(text)
    found = body if isinstance(body, list) else [body]
    if not all(isinstance(each, Mapping) for each in found):
        raise ValueError("a log is a JSON object")
    return found


def _logs_of(data: bytes) -> Iterable[Mapping[str, Any]]:
    """A record: what CloudWatch Logs wrote, gzipped, or lines as they were put."""
    if not data.startswith(b"\x1f\x8b"):
        yield from ({"message": line} for line in data.decode().splitlines() if line)
        return
    raw = gzip.decompress(data)
    message = json.loads(raw)
    if message["messageType"] != "DATA_MESSAGE":
        return  # CloudWatch Logs tries a new subscription with a control message
    about = {"logGroup": message["logGroup"], "logStream": message["logStream"], "owner": message["owner"]}
    for event in message["logEvents"]:
        yield {
            "message": event["message"],
            "timestamp": event["timestamp"],
            "hostname": message["logGroup"],
            "aws": {"awslogs": about},
        }


def _structured(message: str) -> dict[str, Any]:
    """The attributes of a message that is JSON; none of any other."""
    if not message.startswith("{"):
        return {}
    try:
        found = json.loads(message)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _source(group: str) -> str:
    """Without a tag the name of the log group decides. Source: thread DataDog/documentation#35959."""
    return "rds" if group.startswith("/aws/rds/") else group


def _refused(status: int) -> Response:
    title = HTTPStatus(status).phrase
    return JSONResponse({"errors": [{"detail": title, "status": str(status), "title": title}]}, status_code=status)


def _answer(request_id: str, status: int, error: str = "") -> Response:
    body: dict[str, Any] = {"requestId": request_id, "timestamp": 0}
    if status != HTTPStatus.OK:
        body["errorMessage"] = error or HTTPStatus(status).phrase
    return JSONResponse(body, status_code=status)
