"""What an editor shows when the mouse rests on a key."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference" / "schemas"
FILES = sorted(FOLDER.glob("*.json"))
FEWEST_LETTERS = 12


def keys_in(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that a schema knows, however deep, with what it may hold."""
    if isinstance(node, list):
        for item in node:
            yield from keys_in(item, path)
    elif isinstance(node, dict):
        for name, held in node.get("properties", {}).items():
            yield f"{path}.{name}", held
            yield from keys_in(held, f"{path}.{name}")
        for part, value in node.items():
            if part == "$defs":
                for name, each in value.items():
                    yield from keys_in(each, name)
            elif part != "properties":
                yield from keys_in(value, path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_key_of_every_schema_has_a_description(path: Path) -> None:
    """It says more than the key's name: write it into the docstring of the class, as `key: meaning.`."""
    keys = dict(keys_in(json.loads(path.read_text())))

    assert keys
    assert [name for name, held in keys.items() if len(held.get("description", "")) < FEWEST_LETTERS] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_description_is_one_line_that_ends_with_a_full_stop(path: Path) -> None:
    """Editors wrap it themselves."""
    for name, held in keys_in(json.loads(path.read_text())):
        assert held["description"].endswith("."), name
        assert "\n" not in held["description"], name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_said_of_an_object_says_nothing_of_its_keys(path: Path) -> None:
    """Their meanings stand beside them."""
    whole = json.loads(path.read_text())
    for each in (whole, *whole.get("$defs", {}).values()):
        said = each.get("description", "")
        assert [name for name in each.get("properties", {}) if f" {name}: " in f" {said}"] == []
