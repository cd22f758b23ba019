"""What a class says of its keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from watchkeeper.project.json_schema import schema_of
from watchkeeper.project.key_meanings import key_meanings

KEYS = ("cpu", "memory_mib", "name", "tags")


def test_what_stands_before_the_first_key_is_said_of_the_class() -> None:
    """The rest is moved to the keys."""
    said, meanings = key_meanings("A task. It runs.\n\ncpu: units, 1024 a vCPU. memory_mib: MiB.", KEYS)

    assert said == "A task. It runs."
    assert meanings == {"cpu": "Units, 1024 a vCPU.", "memory_mib": "MiB."}


@pytest.mark.parametrize("names", ["cpu, memory_mib", "cpu and memory_mib", "cpu, name and memory_mib"])
def test_keys_may_share_a_meaning(names: str) -> None:
    """Each of them gets it."""
    _, meanings = key_meanings(f"A task. {names}: of one of them.", KEYS)

    assert meanings["cpu"] == meanings["memory_mib"] == "Of one of them."


def test_a_meaning_goes_on_until_the_next_key_or_the_end_of_the_paragraph() -> None:
    """Over lines, sentences and words that are no keys."""
    text = "A task.\n\ncpu: of one; none: all\n    of it. AWS rounds up; name: as people\n    say it.\n\nNo more."
    said, meanings = key_meanings(text, KEYS)

    assert meanings == {"cpu": "Of one; none: all of it. AWS rounds up.", "name": "As people say it."}
    assert said == "A task. No more."


def test_a_source_is_said_of_the_class() -> None:
    """It is the source of all that stands there."""
    said, meanings = key_meanings("A task.\n\ncpu: units. Source: ECS API reference, 2026-11.", KEYS)

    assert (said, meanings) == ("A task. Source: ECS API reference, 2026-11.", {"cpu": "Units."})


def test_a_key_within_a_sentence_is_a_word() -> None:
    """Only the beginning of a sentence, or what follows a semicolon, names a key."""
    said, meanings = key_meanings("A task, and its name: what people say.", KEYS)

    assert (said, meanings) == ("A task, and its name: what people say.", {})


@pytest.mark.parametrize(
    ("text", "shown"),
    [("`none` or more", "`none` or more."), ("p99 of a minute", "p99 of a minute."), ("a minute", "A minute.")],
)
def test_a_name_keeps_its_spelling(text: str, shown: str) -> None:
    """Only a word gets a capital."""
    assert key_meanings(f"cpu: {text}", KEYS)[1]["cpu"] == shown


@dataclass
class Inner:
    """A thing within. It is small. size: in bytes."""

    size: int = 0


@dataclass
class Outer:
    """A thing. own: said here."""

    own: Inner
    taken: Inner | None = None
    several: list[Inner] = field(default_factory=list)


@pytest.fixture
def properties() -> Mapping[str, Any]:
    """Of the schema of Outer."""
    return dict(schema_of(Outer)["properties"])


def test_a_key_that_holds_an_object_takes_what_is_said_of_the_object(properties: Mapping[str, Any]) -> None:
    """Its first sentence, unless the key has a meaning of its own."""
    assert properties["own"]["description"] == "Said here."
    assert properties["taken"]["description"] == "A thing within."
    assert "description" not in properties["several"]


def test_the_schema_of_an_object_within_has_its_meanings_too() -> None:
    """Definitions are read like the class itself."""
    inner = schema_of(Outer)["$defs"]["Inner"]

    assert inner["description"] == "A thing within. It is small."
    assert inner["properties"]["size"]["description"] == "In bytes."
