"""JSON files that remember where everything stands."""

from typing import Final

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.project.json_source import parse_json

TEXT: Final = """\
[
  {"name": "a", "options": {"timeout_h": 25}},
  {"definition": {"tags": ["x", "y"]}}
]
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), "1:1"),
        ((0, "options", "timeout_h"), "2:42"),
        ((1, "definition", "tags", 1), "3:33"),
        ((1, "definition", "name"), "3:18"),
    ],
    ids=["the document", "a number", "an item", "the nearest enclosing value"],
)
def test_a_value_has_a_place(path: tuple[str | int, ...], place: str) -> None:
    """Line and column, from 1."""
    assert str(parse_json(TEXT, "x.json").where(path)) == f"x.json:{place}"


def test_a_key_has_a_place_of_its_own() -> None:
    """Where the quotes begin."""
    document = parse_json(TEXT, "x.json")

    assert str(document.where((0, "options"), key=True)) == "x.json:2:17"
    assert document.span((0, "nothing")) is None


@pytest.mark.parametrize("text", ['{"a": }', "{", "[1,]", ""], ids=["no value", "open", "comma", "nothing"])
def test_what_is_no_json_is_told_with_its_place(text: str) -> None:
    """One problem."""
    with pytest.raises(ConfigError) as raised:
        parse_json(text, "x.json")

    (problem,) = raised.value.problems
    assert problem.what.startswith("not JSON: ")
    assert problem.where is not None


def test_brackets_without_end_are_told_too() -> None:
    """Not a stack trace."""
    with pytest.raises(ConfigError, match="nested too deep"):
        parse_json("[" * 100_000, "x.json")


def test_a_key_that_stands_twice_is_refused_at_its_second_place() -> None:
    """Every reader would drop one of them without a word; equal keys of two objects, and values, are none."""
    text = '{"a": "b", "o": {"b": 1, "x": ["b", "b"], "\\u0062": 2}, "list": [{"b": 1}, {"b": 1}],\n "a": 3}'

    with pytest.raises(ConfigError) as raised:
        parse_json(text, "x.json")

    found = [(str(problem.where), problem.what) for problem in raised.value.problems]
    assert found == [("x.json:1:43", "duplicate key `b`"), ("x.json:2:2", "duplicate key `a`")]
