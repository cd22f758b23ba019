"""Answers and refusals in the shapes of Datadog's API."""

import gzip
import json
import zlib
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse


def failed(status: int, *errors: str) -> JSONResponse:
    """`{"errors": [...]}`."""
    return JSONResponse({"errors": list(errors)}, status_code=status)


async def json_body(request: Request) -> Any:  # noqa: ANN401 - JSON
    """The body as JSON values, unpacked if need be. Raises HTTPException 400."""
    raw = await request.body()
    try:
        encoding = request.headers.get("content-encoding", "")
        if encoding == "gzip":
            raw = gzip.decompress(raw)
        elif encoding == "deflate":
            raw = zlib.decompress(raw)
        return json.loads(raw)
    except (OSError, ValueError, zlib.error) as err:
        raise HTTPException(400, "Invalid JSON") from err
