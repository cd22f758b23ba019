"""How `watchkeeper env diff` answers, as text and as JSON."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

from watchkeeper.cli.terminal import table
from watchkeeper.topology.differences import Alone, Differences

_WIDTH: Final = 60


def diff_text(left: str, right: str, found: Differences) -> str:
    """The settings first, then what one of the two lacks, then the properties."""
    if found.are_none:
        return f"{left} and {right} differ in nothing but names, accounts, regions and addresses"
    alone = f"{len(found.only_left)} resources only in {left}, {len(found.only_right)} only in {right}"
    parts = [f"{left} -> {right}: {len(found.declared)} settings, {alone}, {len(found.changed)} properties"]
    if found.declared:
        rows = [(item.path, _cut(item.left), _cut(item.right)) for item in found.declared]
        parts.append(table(rows, ("declared", left, right)))
    parts += [_alone(name, items) for name, items in ((left, found.only_left), (right, found.only_right)) if items]
    if found.changed:
        changed = [
            (item.stack, f"{item.resource}.{item.path}", _cut(item.left), _cut(item.right)) for item in found.changed
        ]
        parts.append(table(changed, ("stack", "property", left, right)))
    return "\n\n".join(parts)


def _alone(name: str, items: Sequence[Alone]) -> str:
    return table([(item.stack, item.resource, item.type) for item in items], ("stack", f"only in {name}", "type"))


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def diff_json(left: str, right: str, found: Differences) -> dict[str, Any]:
    """The same as one document, values whole."""

    def records(items: Sequence[Any]) -> list[dict[str, Any]]:
        names = {"left": "from", "right": "to"}
        return [{names.get(key, key): value for key, value in dataclasses.asdict(item).items()} for item in items]

    return {
        "schema_version": 1,
        "from": left,
        "to": right,
        "declared": records(found.declared),
        "only_in_from": records(found.only_left),
        "only_in_to": records(found.only_right),
        "changed": records(found.changed),
    }
