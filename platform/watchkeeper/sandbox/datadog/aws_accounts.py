"""`/api/v2/integration/aws/accounts` as the real API behaves, JSON:API.

Answers and refusals: recordings of Datadog's own clients, read 2026-11.
"""

import re
import uuid
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.answers import json_body
from watchkeeper.sandbox.datadog.store import Store
from watchkeeper.timeline import utc_text

KIND: Final = "aws account"
_PATH: Final = "/api/v2/integration/aws/accounts"
_PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")
_ID: Final = "aws_account_config_id"


class AwsAccountsApi:
    """Routes over a store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def routes(self) -> list[Route]:
        """List, create, and one by its uuid."""
        return [
            Route(_PATH, self._list, methods=["GET"]),
            Route(_PATH, self._create, methods=["POST"]),
            Route(f"{_PATH}/{{id}}", self._one, methods=["GET", "PATCH", "DELETE"]),
        ]

    async def _list(self, request: Request) -> Response:
        wanted = request.query_params.get("aws_account_id")
        found = [each for each in self._store.all(KIND) if wanted in (None, each["attributes"]["aws_account_id"])]
        return JSONResponse({"data": found})

    async def _create(self, request: Request) -> Response:
        given = _attributes(await json_body(request))
        refused = _refusal(given)
        if refused is not None:
            return refused
        account = given["aws_account_id"]
        if any(each["attributes"]["aws_account_id"] == account for each in self._store.all(KIND)):
            return _failed(409, "Account already exists", f"account {account} exists")
        number = self._store.next_number(KIND)
        account_id = str(uuid.UUID(bytes=sha256(f"aws account {number}".encode()).digest()[:16], version=4))
        auth = dict(given["auth_config"])
        if "role_name" in auth:
            auth.setdefault("external_id", sha256(f"external id {number}".encode()).hexdigest()[:32])
        now = f"{utc_text(self._clock.now).removesuffix('Z')}.000000000Z"
        kept = {
            "account_tags": [],
            "aws_regions": {"include_all": True},
            "traces_config": {"xray_services": {"include_only": []}},
            **given,
            "auth_config": auth,
            "metrics_config": {
                "enabled": True,
                "automute_enabled": True,
                "collect_custom_metrics": False,
                "collect_cloudwatch_alarms": False,
                "namespace_filters": {"exclude_only": ["AWS/SQS", "AWS/ElasticMapReduce"]},
                **(given.get("metrics_config") or {}),
            },
            "created_at": now,
            "modified_at": now,
        }
        body = {"id": account_id, "type": "account", "attributes": kept}
        self._store.put(KIND, account_id, body, number)
        return JSONResponse({"data": body})

    async def _one(self, request: Request) -> Response:
        account_id = request.path_params["id"]
        if not _is_uuid(account_id):
            detail = f'invalid parameter "{_ID}" in "path"; expected type "uuid"'
            return _failed(400, "Invalid Parameter", detail)
        found = self._store.get(KIND, account_id)
        if found is None:
            return _failed(404, "Account not found", "Account not found")
        if request.method == "DELETE":
            self._store.remove(KIND, account_id)
            return Response(status_code=204)
        if request.method == "GET":
            return JSONResponse({"data": found})
        given = _attributes(await json_body(request))
        before = found["attributes"]
        auth = given.get("auth_config") or {}
        if auth and ("role_name" in auth) != ("role_name" in before["auth_config"]):
            return _failed(400, "Invalid Request", "cannot switch between role and key based auth")
        now = f"{utc_text(self._clock.now).removesuffix('Z')}.000000000Z"
        kept = {**before, **given, "auth_config": {**before["auth_config"], **auth}, "modified_at": now}
        body = {**found, "attributes": kept}
        self._store.put(KIND, account_id, body)
        return JSONResponse({"data": body})


def _attributes(body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    data = body.get("data") if isinstance(body, Mapping) else None
    found = data.get("attributes") if isinstance(data, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def _refusal(given: Mapping[str, Any]) -> Response | None:
    partition = given.get("aws_partition")
    if partition not in _PARTITIONS:
        return _failed(400, "Bad Request", "invalid value", {"aws_partition": f"invalid partition: {partition}"})
    if not re.fullmatch(r"\d{12}", str(given.get("aws_account_id", ""))):
        return _failed(400, "Bad Request", "invalid value", {"aws_account_id": "must be 12 digits"})
    auth = given.get("auth_config")
    if not isinstance(auth, Mapping) or not ("role_name" in auth or "access_key_id" in auth):
        return _failed(400, "Bad Request", "invalid value", {"auth_config": "a role or an access key is required"})
    return None


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _failed(status: int, title: str, detail: str, meta: Mapping[str, str] | None = None) -> Response:
    error: dict[str, Any] = {"status": str(status), "title": title, "detail": detail}
    return JSONResponse({"errors": [{**error, **({"meta": dict(meta)} if meta else {})}]}, status_code=status)
