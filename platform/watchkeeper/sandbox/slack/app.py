"""The sandbox's Slack: the Web API methods that we and Datadog call. Refusals: Slack's method pages, 2026-11."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.objects import FIRST_ID, ObjectStore

_MAX_TEXT: Final = 40_000
_MAX_NAME: Final = 80
_Method = Callable[[Mapping[str, Any]], dict[str, Any]]


class _RefusedError(Exception):
    """`ok: false` with this error."""


class SlackSandbox:
    """One workspace. tokens: who may speak, by token: the name of the app."""

    def __init__(self, clock: Clock, *, tokens: Mapping[str, str], team: str, database: str = ":memory:") -> None:
        self.store = ObjectStore(database)
        self._clock = clock
        self._tokens = dict(tokens)
        self._team = team
        methods: Mapping[str, _Method] = {
            "auth.test": self._auth_test,
            "conversations.list": self._list_channels,
            "conversations.create": self._create_channel,
            "conversations.history": self._history,
            "chat.postMessage": self._post,
        }
        routes = [
            Route(f"/api/{name}", self._endpoint(method), methods=["GET", "POST"]) for name, method in methods.items()
        ]
        self.app = Starlette(routes=[*routes, Route("/api/{method}", self._unknown, methods=["GET", "POST"])])

    def reset(self) -> None:
        """Forget channels and messages."""
        self.store.clear()

    def messages(self, channel: str = "") -> list[dict[str, Any]]:
        """What was posted, the oldest first; of one channel by its id, or of all."""
        return [each for each in self.store.all("message") if channel in ("", each["channel"])]

    def _endpoint(self, method: _Method) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            arguments = await _arguments(request)
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            token = token if scheme == "Bearer" else str(arguments.get("token", ""))
            if not token:
                return JSONResponse({"ok": False, "error": "not_authed"})
            if token not in self._tokens:
                return JSONResponse({"ok": False, "error": "invalid_auth"})
            try:
                return JSONResponse({"ok": True, **method({**arguments, "_app": self._tokens[token]})})
            except _RefusedError as err:
                return JSONResponse({"ok": False, "error": str(err)})

        return answer

    async def _unknown(self, request: Request) -> Response:
        return JSONResponse({"ok": False, "error": "unknown_method", "req_method": request.path_params["method"]})

    def _auth_test(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        url = f"https://{self._team}.slack.example/"
        return {
            "url": url,
            "team": self._team,
            "user": arguments["_app"],
            "team_id": "T00000001",
            "user_id": "U00000001",
        }

    def _list_channels(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        limit = min(int(arguments.get("limit") or 100), 1000)
        first = int(arguments.get("cursor") or 0)
        found = self.store.all("channel")
        more = first + limit < len(found)
        cursor = str(first + limit) if more else ""
        return {"channels": found[first : first + limit], "response_metadata": {"next_cursor": cursor}}

    def _create_channel(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        name = str(arguments.get("name") or "")
        if not name:
            raise _RefusedError("invalid_name_required")
        if len(name) > _MAX_NAME:
            raise _RefusedError("invalid_name_maxlength")
        if name != name.lower() or not all(letter.isalnum() or letter in "-_" for letter in name):
            raise _RefusedError("invalid_name_specials")
        if any(each["name"] == name for each in self.store.all("channel")):
            raise _RefusedError("name_taken")
        number = self.store.next_number("channel") - FIRST_ID + 1
        channel_id = f"C{number:08d}"
        channel = {
            "id": channel_id,
            "name": name,
            "is_channel": True,
            "is_private": str(arguments.get("is_private", "false")).lower() == "true",
            "is_archived": False,
            "is_member": True,
            "created": self._clock.now,
        }
        self.store.put("channel", channel_id, channel, number)
        return {"channel": channel}

    def _channel(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        given = str(arguments.get("channel") or "")
        for each in self.store.all("channel"):
            if given in (each["id"], each["name"], f"#{each['name']}"):
                return each
        raise _RefusedError("channel_not_found")

    def _history(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"messages": self.messages(self._channel(arguments)["id"])[::-1], "has_more": False}

    def _post(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        channel = self._channel(arguments)
        text = str(arguments.get("text") or "")
        if not text and not arguments.get("blocks") and not arguments.get("attachments"):
            raise _RefusedError("no_text")
        if len(text) > _MAX_TEXT:
            raise _RefusedError("msg_too_long")
        number = self.store.next_number("message") - FIRST_ID + 1
        stamp = f"{self._clock.now}.{number:06d}"
        message = {
            "type": "message",
            "ts": stamp,
            "text": text,
            "channel": channel["id"],
            "username": arguments["_app"],
        }
        message |= {name: arguments[name] for name in ("blocks", "attachments") if arguments.get(name)}
        self.store.put("message", stamp, message, number)
        return {"channel": channel["id"], "ts": stamp, "message": message}


async def _arguments(request: Request) -> Mapping[str, Any]:
    """Of the query, of a form or of JSON; Slack takes all three."""
    found: dict[str, Any] = dict(request.query_params)
    raw = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            return found
        return {**found, **body} if isinstance(body, Mapping) else found
    return {**found, **dict(parse_qsl(raw.decode("utf-8", "replace")))}
