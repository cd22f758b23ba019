"""JSON Schema of a declaration, for editors: what pydantic checks, and what templates may say beside it.

Any scalar of a template may be computed by `<< >>`; any mapping in a list may be repeated and chosen.
"""

from collections.abc import Mapping
from typing import Any, Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_COMPUTED: Final[Mapping[str, Any]] = {"type": "string", "pattern": "<<.*>>|<%.*%>"}
_CONTROL: Final[Mapping[str, Any]] = {
    "for_each": {"description": "A list, or an expression that gives one, such as `services`."},
    "as": {"type": "string", "description": "The name of each value; `service` for services, `team` for teams."},
    "when": {"description": "An expression; the entry is left out where it does not hold."},
}


def schema_of(kind: type) -> dict[str, Any]:
    """The schema of one dataclass as it is read from a file."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - costs 80 ms, and `--help` needs none of it

    return dict(TypeAdapter(kind).json_schema())


def template_schema(kind: type, section: str, *, title: str) -> dict[str, Any]:
    """The schema of a template file whose list `section` holds declarations of a kind."""
    entry = _with_templates(schema_of(kind))
    definitions = entry.pop("$defs", {})
    entry["properties"] = {**_CONTROL, **entry["properties"]}
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "properties": {section: {"type": "array", "items": {"$ref": "#/$defs/entry"}}},
        "$defs": {**definitions, "entry": entry},
    }


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
