"""Answers and refusals in the shapes of PagerDuty's REST API. Codes: its API concepts, "Errors", read 2026-11."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

INVALID_INPUT: Final = 2001
NOT_AUTHENTICATED: Final = 2006
NOT_FOUND: Final = 2100
REQUESTER_NOT_FOUND: Final = 1008
MAX_WINDOW: Final = 10_000


class RefusedError(Exception):
    """A request that PagerDuty would not carry out."""

    def __init__(self, status: int, code: int, message: str, errors: Sequence[str] = ()) -> None:
        self.status = status
        self.body: dict[str, Any] = {"error": {"message": message, "code": code}}
        if errors:
            self.body["error"]["errors"] = list(errors)
        super().__init__(message)


def invalid(*errors: str) -> RefusedError:
    """400 Invalid Input Provided."""
    return RefusedError(400, INVALID_INPUT, "Invalid Input Provided", errors)


def not_found() -> RefusedError:
    """404."""
    return RefusedError(404, NOT_FOUND, "Not Found")


async def wrapped_body(request: Request, key: str) -> dict[str, Any]:
    """The object that a body wraps in its singular name. Raises RefusedError."""
    try:
        body = json.loads(await request.body())
    except ValueError as err:
        raise HTTPException(400, "Invalid JSON") from err
    found = body.get(key) if isinstance(body, Mapping) else None
    if not isinstance(found, dict):
        raise invalid(f"{key} is missing")
    return found


def page(request: Request, key: str, found: Sequence[Any]) -> JSONResponse:
    """A collection with classic paging: limit 25 unless asked for, 100 at most."""
    limit = min(int(request.query_params.get("limit", "25")), 100)
    offset = int(request.query_params.get("offset", "0"))
    if offset + limit > MAX_WINDOW:
        raise invalid("Offset + limit exceeds 10000")
    part = found[offset : offset + limit]
    total = len(found) if request.query_params.get("total") == "true" else None
    more = offset + limit < len(found)
    return JSONResponse({key: part, "limit": limit, "offset": offset, "total": total, "more": more})
