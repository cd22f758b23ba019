"""What the rules look at: a monitor or SLO as Datadog would receive it, and where each part stands in a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from watchkeeper.errors import Location
from watchkeeper.monitors.model import Urgency
from watchkeeper.project.source import KeyPath
from watchkeeper.query.forms import Query
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.monitor_types import FORMS
from watchkeeper.query.parser import parse_query

T = TypeVar("T")


class Places(Protocol):
    """Where the parts of one monitor stand in its file."""

    @property
    def file(self) -> str:
        """The file, relative to the project's root."""

    def where(self, path: KeyPath, *, key: bool = False) -> Location:
        """The place of a value, or of its key; of the nearest enclosing value where it does not exist."""

    def span(self, path: KeyPath, *, key: bool = False) -> tuple[int, int] | None:
        """Begin and end of a value in the file, with its key where `key` is set."""

    def index_inside(self, path: KeyPath, text: str, offset: int) -> tuple[int, bool] | None:
        """The index in the file of a character of the text at `path`; whether it stands there as it is."""

    def at(self, index: int) -> Location:
        """The place of a character of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One monitor or SLO.

    label: as people say it. body: what Datadog receives. query: the parsed query, or why it cannot be read; None for an
    SLO or where there is none. declared: the message without generated lines, the same as in the body for what was
    exported. handles: everywhere its alerts go by the routes; None where routing is not known. env, service: empty
    where they are not known. is_exported: read from Datadog's JSON, not from our files.
    """

    kind: Literal["monitor", "slo"] = "monitor"
    label: str
    body: Mapping[str, Any]
    query: Query | QuerySyntaxError | None
    declared: str
    urgency: Urgency | None = None
    runbook: str = ""
    handles: tuple[str, ...] | None = None
    env: str = ""
    service: str = ""
    is_exported: bool = False
    places: Places = field(compare=False, repr=False)
    _known: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, name: str, find: Callable[["Subject"], T]) -> T:
        """What `find` gives for this monitor, found the first time somebody asks; `name` is its own."""
        if name not in self._known:
            self._known[name] = find(self)
        found: T = self._known[name]
        return found

    @property
    def name(self) -> str:
        """The title."""
        return _text(self.body.get("name"))

    @property
    def type(self) -> str:
        """Datadog's type of the monitor, as it is written."""
        return _text(self.body.get("type"))

    @property
    def text(self) -> str:
        """The query as it is written."""
        return _text(self.body.get("query"))

    @property
    def message(self) -> str:
        """The message as Datadog receives it, handles included."""
        return _text(self.body.get("message"))

    @property
    def options(self) -> Mapping[str, Any]:
        """Datadog's options."""
        options = self.body.get("options")
        return options if isinstance(options, Mapping) else {}

    @property
    def thresholds(self) -> Mapping[str, Any]:
        """The thresholds of the options, as they are written."""
        thresholds = self.options.get("thresholds")
        return thresholds if isinstance(thresholds, Mapping) else {}

    @property
    def tags(self) -> Sequence[str]:
        """The tags."""
        tags = self.body.get("tags")
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, Sequence) else []

    def threshold(self, name: str) -> float | None:
        """A threshold as a number; None where it is absent or no number. `"90"` counts as 90, as Datadog reads it."""
        return as_number(self.thresholds.get(name))


def as_number(value: object) -> float | None:
    """A number, or a text that is one; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def value_at(body: object, path: KeyPath) -> object:
    """The value at a path; None where there is none."""
    for step in path:
        if isinstance(body, Mapping):
            body = body.get(step)
        elif isinstance(body, list | tuple) and isinstance(step, int) and step < len(body):
            body = body[step]
        else:
            return None
    return body


def read_query(text: object, monitor_type: object) -> Query | QuerySyntaxError | None:
    """The parsed query, or why it cannot be read; None where there is nothing to read or nobody knows as what."""
    if not isinstance(text, str) or not isinstance(monitor_type, str) or monitor_type not in FORMS:
        return None
    try:
        return parse_query(text, monitor_type)
    except QuerySyntaxError as err:
        return err


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
