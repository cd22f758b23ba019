"""`sandbox clock` and `sandbox reset`: what the running sandbox is told through its own API."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from watchkeeper.errors import RemoteError, UsageError
from watchkeeper.project.sandbox_record import SandboxRecord, running_sandbox

_TIMEOUT_S: Final = 600
_BAD_REQUEST: Final = 400
_MINUTE_S: Final = 60


def ask_sandbox(root: Path, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One request. Raises UsageError when the sandbox is down or refuses, RemoteError when it does not answer."""
    import httpx

    record: SandboxRecord = running_sandbox(root)
    url = record.urls["control"]
    headers = {"X-Watchkeeper-Key": record.keys["control_key"]}
    try:
        answer = httpx.request(method, f"{url}{path}", json=body, headers=headers, timeout=_TIMEOUT_S, trust_env=False)
    except httpx.TransportError as err:
        raise RemoteError(f"the sandbox did not answer: {err}", host=url, fix="see .watchkeeper/sandbox.log") from err
    if answer.status_code == _BAD_REQUEST:
        raise UsageError(answer.json()["error"])
    if not answer.is_success:
        raise RemoteError(f"the sandbox answered {answer.status_code}", host=url, status=answer.status_code)
    found: dict[str, Any] = answer.json()
    return found


def run_clock(root: Path, minutes: int, speed: float, on_minute: Callable[[dict[str, Any]], None]) -> None:
    """Step minute by minute, each followed by a pause. speed: virtual seconds a real one."""
    for _ in range(minutes):
        started = time.monotonic()
        on_minute(ask_sandbox(root, "POST", "/clock", {"step_s": _MINUTE_S}))
        time.sleep(max(0.0, _MINUTE_S / speed - (time.monotonic() - started)))
