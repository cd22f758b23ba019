"""What our extension adds to the emulator, by name, and how one addition is taken away again to prove its worth.

An addition is a type of CloudFormation's engine, a service, or a function of a service that was replaced.
"""

import uuid
from collections.abc import Collection
from typing import Any

from ministack import app
from ministack.services import (
    alb,
    cloudwatch,
    cloudwatch_logs,
    ec2,
    ecs,
    firehose,
    rds,
    s3,
    secretsmanager,
    tagging,
)
from ministack.services.cloudformation import provisioners

_MODULES = (alb, cloudwatch, cloudwatch_logs, ec2, ecs, firehose, rds, s3, secretsmanager, provisioners)
_TABLES = {
    "service": app.SERVICE_HANDLERS,
    "ec2": ec2._ACTION_MAP,
    "ecs": ecs._ACTION_MAP,
    "tags": tagging._COLLECTORS,
}
_UNSEEN = ("time", "_evaluate_all_alarms", "_evict_old_metrics", "_store_datum")
"""Replaced for virtual time and for the metric streams; no deploy shows it."""


class Additions:
    """Made before the extension registers; `note` is called after it."""

    def __init__(self) -> None:
        self._types_before = {name: dict(handler) for name, handler in provisioners._RESOURCE_HANDLERS.items()}
        self._before = {module: dict(vars(module)) for module in _MODULES}
        self._tables_before = {title: dict(table) for title, table in _TABLES.items()}
        self._types: dict[str, dict[str, Any]] = {}
        self._functions: dict[str, tuple[Any, str, Any, Any]] = {}
        self._entries: dict[str, tuple[str, str, Any, Any]] = {}

    def note(self) -> None:
        """Find out what was added."""
        for name, handler in provisioners._RESOURCE_HANDLERS.items():
            if handler != self._types_before.get(name):
                self._types[name] = dict(handler)
        for module, before in self._before.items():
            for name, value in vars(module).items():
                if name in before and before[name] is not value and callable(value) and name not in _UNSEEN:
                    title = f"{module.__name__.rpartition('.')[2]}.{name}"
                    self._functions[title] = (module, name, before[name], value)
        for title, before in self._tables_before.items():
            for name, value in _TABLES[title].items():
                if before.get(name) is not value:
                    self._entries[f"{title}.{name}"] = (title, name, before.get(name), value)

    @property
    def names(self) -> list[str]:
        """All of them, sorted."""
        return sorted([*self._types, *self._functions, *self._entries])

    def blank(self, names: Collection[str]) -> None:
        """Take these away and put all others back. Raises KeyError for one that is unknown."""
        for name in names:
            if name not in self.names:
                raise KeyError(name)
        for name, handler in self._types.items():
            current = provisioners._RESOURCE_HANDLERS[name]
            current.clear()
            current.update((self._types_before.get(name) or _NOTHING) if name in names else handler)
        for title, (module, name, before, ours) in self._functions.items():
            setattr(module, name, before if title in names else ours)
        for title, (table, name, before, ours) in self._entries.items():
            if title not in names:
                _TABLES[table][name] = ours
            elif before is None:
                _TABLES[table].pop(name, None)
            else:
                _TABLES[table][name] = before


_NOTHING: dict[str, Any] = {
    "create": lambda logical_id, *_rest: (f"{logical_id}-{uuid.uuid4().hex[:8]}", {}),
    "delete": lambda *_rest: None,
}
