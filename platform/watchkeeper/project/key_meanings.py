"""What a class says of its keys: the `key: meaning.` of its docstring, moved to the properties of its JSON Schema.

A docstring begins with what the thing is. A sentence, or what follows a semicolon, that begins with `key:`,
`key, other:` or `key and other:` is the meaning of these keys, up to the next one or the end of the paragraph.
A word with a capital, such as `Source:`, leads back to the class.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

_DEFINITIONS: Final = "#/$defs/"
_REMARK: Final = r"(?P<remark>[A-Z][a-z]+)"


def key_meanings(text: str, keys: Collection[str]) -> tuple[str, Mapping[str, str]]:
    """What a docstring says of the class, and of each key. keys: those of the class, so that no other word is one."""
    rest: list[str] = []
    meanings: dict[str, str] = {}
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for names, said in _pieces(" ".join(paragraph.split()), keys):
            if names:
                meanings |= dict.fromkeys(names, said)
            elif said:
                rest.append(said)
    return " ".join(rest), meanings


def _pieces(paragraph: str, keys: Collection[str]) -> Iterator[tuple[list[str], str]]:
    """The parts of a paragraph, each with the keys that it is about."""
    key = "|".join(re.escape(each) for each in sorted(keys, key=len, reverse=True)) or r"(?!)"
    names = rf"(?P<keys>(?:{key})(?:, (?:{key})|,? and (?:{key}))*)"
    marks = list(re.finditer(rf"(?:^|(?<=[.;])\s+)(?:{names}|{_REMARK}): ", paragraph))
    ends = [mark.start() for mark in marks[1:]] + [len(paragraph)]
    yield [], paragraph[: marks[0].start()] if marks else paragraph
    for mark, end in zip(marks, ends, strict=False):
        if mark["keys"]:
            yield re.split(r",? and |, ", mark["keys"]), _sentence(paragraph[mark.end() : end])
        else:
            yield [], paragraph[mark.start() : end].strip()


def _sentence(text: str) -> str:
    """With a capital, unless it begins with a name that has none, and a full stop."""
    first = re.match(r"[a-z]+(?!\w|\.\w|`)", text)
    capital = f"{text[:1].upper()}{text[1:]}" if first else text
    return f"{capital.rstrip(' ;.')}."


def with_key_meanings(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema in which every key has its meaning. One that has none, and holds an object, takes the object's."""
    definitions = {name: _lifted(each) for name, each in schema.get("$defs", {}).items()}
    whole = {**_lifted(schema), **({"$defs": definitions} if definitions else {})}
    for each in (whole, *definitions.values()):
        for name, held in each.get("properties", {}).items():
            said = held.get("description") or _of_object(held, definitions)
            each["properties"][name] = {**held, "description": said} if said else held
    return whole


def _lifted(node: Mapping[str, Any]) -> dict[str, Any]:
    if "properties" not in node or "description" not in node:
        return dict(node)
    rest, meanings = key_meanings(node["description"], node["properties"])
    described = {
        name: {**held, "description": meanings[name]} if name in meanings else held
        for name, held in node["properties"].items()
    }
    return {**node, "description": rest, "properties": described}


def _of_object(held: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """What is said of the object that a key holds; the first sentence."""
    ways = [each for each in held.get("anyOf", [held]) if each.get("type") != "null"]
    reference = ways[0].get("$ref", "") if len(ways) == 1 else ""
    said = definitions.get(reference.removeprefix(_DEFINITIONS), {}).get("description", "")
    return str(re.split(r"(?<=\.)\s", said)[0])
