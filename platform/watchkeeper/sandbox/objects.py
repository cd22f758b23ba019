"""What a stand-in keeps: JSON objects in SQLite, by kind and id."""

import json
import sqlite3
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Final

FIRST_ID: Final = 10_000_001


class ObjectStore:
    """Objects by kind and id; ids are counted, so that two equal runs give equal ids."""

    def __init__(self, path: str = ":memory:") -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS objects (kind TEXT, id TEXT, number INTEGER, body TEXT, PRIMARY KEY (kind, id))"
        )
        self.writes = 0
        # A store that nobody closes lets go of its database when it goes itself.
        self._close = weakref.finalize(self, self._db.close)

    def close(self) -> None:
        """Let go of the database."""
        self._close()

    def clear(self) -> None:
        """Forget everything, counters too."""
        self._db.execute("DELETE FROM objects")

    def next_number(self, kind: str) -> int:
        """The number of the next object of a kind; numbers of deleted objects are not used again."""
        row = self._db.execute("SELECT number FROM objects WHERE kind = ? AND id = ?", ("counter", kind)).fetchone()
        number = (row[0] if row else FIRST_ID - 1) + 1
        self._db.execute("INSERT OR REPLACE INTO objects VALUES ('counter', ?, ?, '{}')", (kind, number))
        return int(number)

    def put(self, kind: str, object_id: str, body: Mapping[str, Any], number: int = 0) -> None:
        """Keep an object; `number` orders the list."""
        self.writes += 1
        text = json.dumps(body)
        done = self._db.execute("UPDATE objects SET body = ? WHERE kind = ? AND id = ?", (text, kind, object_id))
        if not done.rowcount:
            self._db.execute("INSERT INTO objects VALUES (?, ?, ?, ?)", (kind, object_id, number, text))

    def get(self, kind: str, object_id: str) -> dict[str, Any] | None:
        """One object."""
        row = self._db.execute("SELECT body FROM objects WHERE kind = ? AND id = ?", (kind, object_id)).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> Sequence[dict[str, Any]]:
        """Every object of a kind, the oldest first."""
        rows = self._db.execute("SELECT body FROM objects WHERE kind = ? ORDER BY number, id", (kind,))
        return [json.loads(row[0]) for row in rows]

    def remove(self, kind: str, object_id: str) -> bool:
        """Forget an object; whether there was one."""
        self.writes += 1
        return self._db.execute("DELETE FROM objects WHERE kind = ? AND id = ?", (kind, object_id)).rowcount > 0
