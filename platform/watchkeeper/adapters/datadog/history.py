"""Recorded series from Datadog's query API: in pieces that are small enough for one point a minute, kept on disk."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.errors import RemoteError

PIECE_S: Final = 4 * 3600
"""Up to four hours Datadog answers with a point a minute."""
RATE_PERIOD_S: Final = 3600.0
"""Datadog counts queries by the hour; a reader of months waits until it may go on."""
_SETTLED_AFTER_S: Final = 3600
"""Late points may still come for so long; a piece that is younger is asked for again."""


class History:
    """Answers of one organisation. folder: where they are kept, so that an interrupted run goes on where it ended."""

    def __init__(self, client: DatadogClient, folder: Path, now: int) -> None:
        self._client = client
        self._folder = folder
        self._now = now
        self.requests = 0

    def read(self, query: str, start: int, end: int, seen: Callable[[], None]) -> list[Mapping[str, Any]]:
        """The answers that cover [start, end), Unix seconds. seen: is told of each piece.

        Raises RemoteError, which says how much is kept.
        """
        answers = []
        for begin in pieces(start, end):
            answers.append(self._piece(query, begin))
            seen()
        return answers

    def _piece(self, query: str, begin: int) -> Mapping[str, Any]:
        name = hashlib.sha256(query.encode()).hexdigest()[:24]
        file = self._folder / name / f"{begin}.json"
        try:
            found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = self._asked(query, begin)
            if begin + PIECE_S + _SETTLED_AFTER_S <= self._now:
                file.parent.mkdir(parents=True, exist_ok=True)
                part = file.with_suffix(".part")
                part.write_text(json.dumps(found), encoding="utf-8")
                part.replace(file)
        return found

    def _asked(self, query: str, begin: int) -> Mapping[str, Any]:
        # The end is exclusive here and inclusive there.
        period = {"from": str(begin), "to": str(begin + PIECE_S - 1), "query": query}
        try:
            answer: Mapping[str, Any] = self._client.call("GET", "/api/v1/query", period)
        except RemoteError as err:
            what = f"{err.what} (query {query} from {begin}, after {self.requests} requests)"
            fix = "run it again: the answers so far are kept, and it goes on where it ended"
            raise RemoteError(what, host=err.host, status=err.status, fix=fix) from err
        self.requests += 1
        if answer.get("status") == "error" or answer.get("error"):
            what = f"Datadog refuses the query {query} from {begin}: {answer.get('error')}"
            raise RemoteError(what, host=self._client.caller.host, fix="ask the same in Datadog's metrics explorer")
        return answer


def pieces(start: int, end: int) -> Sequence[int]:
    """Where the pieces begin that cover [start, end); always at the same instants, so that they can be kept."""
    return range(start - start % PIECE_S, end, PIECE_S)
