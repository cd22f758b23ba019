"""`/_watchkeeper/...`: how the conductor moves time, publishes, delivers, and injects faults. Guarded by a key."""

import hmac
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.core import responses

from . import autoscaling, firewall, http_delivery, kafka, log_subscriptions, metric_streams
from .blanking import Additions
from .clock import CLOCK

_PREFIX = "/_watchkeeper/"
_KEY = os.environ.get("WATCHKEEPER_CONTROL_KEY", "")
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def _carry_out(verb: str, given: Mapping[str, Any], additions: Additions) -> dict[str, Any]:
    if "account" in given:
        responses.set_request_account_id(str(given["account"]))
        responses.set_request_region(str(given["region"]))
    if verb == "minute":
        CLOCK.now = float(given["now"])
        for namespace, metrics in given.get("namespaces", {}).items():
            metric_streams.publish(namespace, metrics)
        log_subscriptions.write(given.get("logs", ()))
    elif verb == "deliver":
        return metric_streams.deliver()
    elif verb == "activities":
        for activity in given["activities"]:
            autoscaling.record(activity)
    elif verb == "faults":
        http_delivery.FAULTS.clear()
        http_delivery.FAULTS.update(given["faults"])
    elif verb == "additions":
        additions.blank(given.get("blank", ()))
        return {"names": additions.names}
    elif verb == "reset":
        additions.blank(())
        autoscaling.reset()
        firewall.reset()
        kafka.reset()
        metric_streams.reset()
        CLOCK.now = None
    else:
        raise KeyError(verb)
    return {}


def register(module: Any, additions: Additions) -> None:  # noqa: ANN401 - ministack's module
    """Answer the control paths before the emulator sees them."""
    inner = module.app

    async def outer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            await inner(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        status, answer = 200, {}
        if not _KEY or not hmac.compare_digest(headers.get("x-watchkeeper-key", ""), _KEY):
            status, answer = 403, {"error": "wrong key"}
        else:
            try:
                answer = _carry_out(scope["path"].removeprefix(_PREFIX), json.loads(body or b"{}"), additions)
            except (KeyError, ValueError, TypeError) as err:
                status, answer = 400, {"error": repr(err)}
        payload = json.dumps(answer).encode()
        start = {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        await send(start)
        await send({"type": "http.response.body", "body": payload})

    module.app = outer
