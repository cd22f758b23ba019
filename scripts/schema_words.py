"""A JSON Schema in words: what a key may hold, what it holds when it is left out, and links to the objects within."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

DEFINITIONS: Final = "#/$defs/"
IN_A_LIST: Final = "_in_a_list"
_ENDINGS: Final = ("Text", "Shape", "Declaration")
_PLAIN: Final = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
_LEAST_SHARED: Final = 4
_MOST_SHOWN: Final = 60
Schema = Mapping[str, Any]


class Objects:
    """The objects that a file may hold.

    names: those that are called otherwise than their class. needed: keys that an object needs in the end, by the
    object's name, where its schema requires none because they may stand in another layer.
    """

    def __init__(self, schema: Schema, names: Mapping[str, str], needed: Mapping[str, Collection[str]]) -> None:
        self._schema = schema
        self._names = names
        self._needed = needed

    def required(self, name: str) -> Collection[str]:
        """The keys that an object needs."""
        return self._needed.get(name, self.definition(name).get("required", []))

    def definition(self, name: str) -> Schema:
        """The object of that name; of several that may stand there, the one that has keys."""
        found: Schema = self._schema.get("$defs", {})[name]
        return next((way for way in found.get("anyOf", ()) if "properties" in way), found)

    def title(self, name: str) -> str:
        """As a heading says it."""
        plain = name.removesuffix(IN_A_LIST)
        if plain in self._names:
            return self._names[plain]
        plain = plain.strip("_")
        for ending in _ENDINGS:
            plain = plain.removesuffix(ending) or plain
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain).replace("_", " ")
        return words[:1].upper() + (words[1:] if words.isupper() else words[1:].lower())

    def reached(self) -> Iterator[tuple[str, Schema]]:
        """The objects in the order in which a reader meets them, each once."""
        seen: set[str] = set()

        def below(node: Schema) -> Iterator[tuple[str, Schema]]:
            for name in _references({key: value for key, value in node.items() if key != "$defs"}):
                if name.removesuffix(IN_A_LIST) not in seen:
                    seen.add(name.removesuffix(IN_A_LIST))
                    definition = self.definition(name)
                    yield name, definition
                    yield from below(definition)

        yield from below(self._schema)

    def shared_with(self, name: str) -> str:
        """An object whose keys are all keys of this one, which has more; empty where there is none."""
        own = self.definition(name).get("properties", {})
        for other in self._schema.get("$defs", {}):
            theirs = self.definition(other).get("properties", {})
            if other != name and _LEAST_SHARED <= len(theirs) < len(own) and theirs.items() <= own.items():
                return str(other) if "for_each" not in own else ""
        return ""


def value_of(held: Schema, objects: Objects) -> str:
    """What may stand under a key."""
    found = list(dict.fromkeys(_ways(held, objects)))
    return " or ".join(found) or "anything"


def default_of(held: Schema) -> str:
    """What it means to leave a key out, as far as the default says it."""
    default = held.get("default")
    if default is None or default in ("", [], {}):
        return ""
    shown = json.dumps(default) if not isinstance(default, str) else default
    return f"`{shown}`" if len(shown) <= _MOST_SHOWN else "see there"


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _ways(held: Schema, objects: Objects) -> Iterator[str]:
    if "anyOf" in held:
        for way in held["anyOf"]:
            yield from _ways(way, objects)
    elif "<<" in str(held.get("pattern", "")) or held.get("type") == "null":
        return
    elif "$ref" in held:
        title = objects.title(held["$ref"].removeprefix(DEFINITIONS))
        yield f"[{title}](#{slug(title)})"
    elif "enum" in held:
        yield ", ".join(f"`{each}`" for each in held["enum"])
    elif "const" in held:
        yield f"`{json.dumps(held['const'])}`"
    elif held.get("type") == "array":
        within = value_of(held.get("items", {}), objects)
        yield f"list: {within}" if "," in within else f"list of {within}"
    elif held.get("type") == "object":
        values = held.get("additionalProperties")
        yield f"mapping to {value_of(values, objects)}" if isinstance(values, Mapping) else "mapping"
    elif held.get("type") in _PLAIN:
        yield _PLAIN[held["type"]] + _bounds(held)


def _bounds(held: Schema) -> str:
    low, high = held.get("minimum"), held.get("maximum")
    above, below = held.get("exclusiveMinimum"), held.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f", {low:g} to {high:g}" if max(abs(low), abs(high)) < 1e6 else f", {low:,} to {high:,}"  # noqa: PLR2004
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("at least", low), ("more than", above), ("at most", high), ("less than", below))
        if bound is not None
    ]
    return f", {' and '.join(bounds)}" if bounds else ""


def _references(node: Any) -> Iterator[str]:  # noqa: ANN401 - a schema is any JSON
    """The objects that a part of a schema names, in their order."""
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix(DEFINITIONS)
        for value in node.values():
            yield from _references(value)
