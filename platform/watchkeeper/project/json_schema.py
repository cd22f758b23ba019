"""JSON Schema of a declaration, for editors: what pydantic checks, and what templates may say beside it.

Any scalar of a template may be computed by `<< >>`; any mapping in a list may be repeated and chosen. In layers that
are merged (`watchkeeper.yaml`) every key may be left to another layer.
"""

from collections.abc import Mapping
from typing import Any, Final

from watchkeeper.project.key_meanings import with_key_meanings

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_COMPUTED: Final[Mapping[str, Any]] = {"type": "string", "pattern": "<<.*>>|<%.*%>"}
_CONTROL: Final[Mapping[str, Any]] = {
    "for_each": {"description": "A list, or an expression that gives one, such as `services`."},
    "as": {"type": "string", "description": "The name of each value; `service` for services, `team` for teams."},
    "when": {"description": "An expression; the entry is left out where it does not hold."},
}
_DEFINITIONS: Final = "#/$defs/"
_IN_A_LIST: Final = "_in_a_list"


def schema_of(kind: type) -> dict[str, Any]:
    """The schema of one dataclass as it is read from a file, each key with what the docstring says of it."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - costs 80 ms, and `--help` needs none of it

    return with_key_meanings(TypeAdapter(kind).json_schema())


def file_schema(kind: type, *, title: str) -> dict[str, Any]:
    """The schema of a file that is read as it stands."""
    return {"$schema": DIALECT, **schema_of(kind), "title": title}


def template_schema(sections: Mapping[str, type], *, title: str) -> dict[str, Any]:
    """The schema of a template file. sections: what each of its lists holds."""
    definitions: dict[str, Any] = {}
    for section, kind in sections.items():
        entry = _with_templates(schema_of(kind))
        definitions |= entry.pop("$defs", {})
        definitions[section] = entry
    listed = {name for definition in definitions.values() for name in _listed(definition)} | set(sections)
    for name in sorted(listed):
        chosen = definitions[name]
        if "properties" in chosen:
            definitions[f"{name}{_IN_A_LIST}"] = {**chosen, "properties": {**_CONTROL, **chosen["properties"]}}
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            section: {
                "type": "array",
                "description": definitions[section]["description"],
                "items": {"$ref": f"{_DEFINITIONS}{section}{_IN_A_LIST}"},
            }
            for section in sections
        },
        "$defs": {name: _chosen_items(definition) for name, definition in definitions.items() if name not in sections},
    }


def layered_schema(kind: type, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The schema of one layer of a merged value: nothing is required, and keys that the loader sets are left out."""
    schema: dict[str, Any] = _without_required(schema_of(kind))
    schema["properties"] = {name: value for name, value in schema["properties"].items() if name not in without}
    return schema


def _without_required(node: Any) -> Any:  # noqa: ANN401 - a schema is any JSON
    if isinstance(node, list):
        return [_without_required(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    kept = node if "required" not in node or "properties" not in node else {**node, "required": []}
    return {key: _without_required(value) for key, value in kept.items() if key != "required" or value}


def _with_templates(node: Any) -> Any:  # noqa: ANN401 - a schema is any JSON
    """The schema in which every scalar that is not text may be computed too; text may be so anyway."""
    if isinstance(node, list):
        return [_with_templates(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    if node.get("type") in ("integer", "number", "boolean") or "enum" in node:
        kept = {key: value for key, value in node.items() if key in ("default", "title", "description")}
        inner = {key: value for key, value in node.items() if key not in kept}
        return {**kept, "anyOf": [inner, dict(_COMPUTED)]}
    return {key: value if key in ("required", "default") else _with_templates(value) for key, value in node.items()}


def _listed(node: Any) -> list[str]:  # noqa: ANN401 - a schema is any JSON
    """The definitions that are items of a list somewhere."""
    if isinstance(node, list):
        return [name for item in node for name in _listed(item)]
    if not isinstance(node, Mapping):
        return []
    items = node.get("items")
    reference = items.get("$ref") if isinstance(items, Mapping) else None
    own = [reference.removeprefix(_DEFINITIONS)] if isinstance(reference, str) else []
    return own + [name for value in node.values() for name in _listed(value)]


def _chosen_items(node: Any) -> Any:  # noqa: ANN401 - a schema is any JSON
    """The schema in which items of lists may be repeated and chosen."""
    if isinstance(node, list):
        return [_chosen_items(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    changed = {key: _chosen_items(value) for key, value in node.items()}
    items = changed.get("items")
    if changed.get("type") == "array" and isinstance(items, Mapping) and set(items) == {"$ref"}:
        changed["items"] = {"$ref": f"{items['$ref']}{_IN_A_LIST}"}
    return changed
