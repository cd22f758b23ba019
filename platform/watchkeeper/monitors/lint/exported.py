"""Datadog's JSON as subjects of the rules: one object, a list, or `{"definition": {...}}` as integrations ship it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.errors import ConfigError, Location, Problem
from watchkeeper.monitors.lint.subject import Subject, read_query
from watchkeeper.project.json_source import JsonDocument
from watchkeeper.project.source import KeyPath

_SLO_TYPES: Final = ("metric", "monitor", "time_slice")


@dataclass(frozen=True, slots=True)
class _JsonPlaces:
    """The places of one object of a JSON file. base: its path."""

    document: JsonDocument
    base: KeyPath

    @property
    def file(self) -> str:
        return self.document.file

    def where(self, path: KeyPath, *, key: bool = False) -> Location:
        return self.document.where((*self.base, *_named(path)), key=key)

    def span(self, path: KeyPath, *, key: bool = False) -> tuple[int, int] | None:
        return self.document.span((*self.base, *path), key=key)

    def index_inside(self, path: KeyPath, text: str, offset: int) -> tuple[int, bool] | None:
        index = self.document.index_inside((*self.base, *path), text, offset)
        return None if index is None else (index, True)

    def at(self, index: int) -> Location:
        return self.document.at(index)


def _named(path: KeyPath) -> KeyPath:
    """Rules point at the `id` of a monitor when they mean all of it; in JSON its name is what people know."""
    return ("name",) if path == ("id",) else path


def exported_subjects(document: JsonDocument) -> list[Subject]:
    """Every monitor and SLO of a JSON file, in their order. Raises ConfigError for anything else."""
    return [_subject(document, base, body) for base, body in _bodies(document, document.data, ())]


def _bodies(document: JsonDocument, data: object, base: KeyPath) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    if isinstance(data, list) and len(base) < 2:  # noqa: PLR2004 - a list, or a list below `monitors` or `data`
        for index, item in enumerate(data):
            yield from _bodies(document, item, (*base, index))
        return
    if not isinstance(data, Mapping):
        problem = Problem("this is no monitor", document.where(base), fix="give one object, or a list of objects")
        raise ConfigError(problem)
    for key in ("monitors", "data", "definition"):
        if isinstance(data.get(key), list | Mapping) and "query" not in data:
            yield from _bodies(document, data[key], (*base, key))
            return
    if not {"query", "type", "thresholds"} & data.keys():
        what = "this is no monitor: it has neither `query` nor `type`"
        raise ConfigError(Problem(what, document.where(base), fix="give monitors as Datadog exports them"))
    yield base, data


def _subject(document: JsonDocument, base: KeyPath, body: Mapping[str, Any]) -> Subject:
    name = body.get("name")
    label = name if isinstance(name, str) and name.strip() else str(body.get("id", document.file))
    is_slo = body.get("type") in _SLO_TYPES and "thresholds" in body
    message = body.get("message")
    return Subject(
        kind="slo" if is_slo else "monitor",
        label=label.strip(),
        body=body,
        query=None if is_slo else read_query(body.get("query"), body.get("type")),
        declared=message if isinstance(message, str) else "",
        is_exported=True,
        places=_JsonPlaces(document, base),
    )
