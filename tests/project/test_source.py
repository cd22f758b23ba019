"""YAML with positions."""

import pytest

from watchkeeper.errors import ConfigError, Location
from watchkeeper.project.source import parse_document


def test_values_follow_the_yaml_1_2_core_schema() -> None:
    """`yes`, times, dates and numbers with a leading zero stay text; only plain numbers and true/false are typed."""
    text = "a: yes\nb: 22:30\nc: 012345678901\nd: 5\ne: 0.5\nf: true\ng: ~\nh: 2026-01-05\ni: '7'\nj: 1e3\n"

    data = parse_document(text, "x.yaml").data

    assert data == {
        "a": "yes",
        "b": "22:30",
        "c": "012345678901",
        "d": 5,
        "e": 0.5,
        "f": True,
        "g": None,
        "h": "2026-01-05",
        "i": "7",
        "j": 1000.0,
    }


def test_every_value_knows_its_line_and_column() -> None:
    """A value, a key and a missing value are all placed: the last at what should have held it."""
    document = parse_document("a:\n  - b: 1\n    c: two\n", "x.yaml")

    assert document.at(("a", 0, "c")) == Location("x.yaml", 3, 8)
    assert document.at_key(("a", 0, "c")) == Location("x.yaml", 3, 5)
    assert document.at(("a", 0, "missing")) == Location("x.yaml", 2, 5)


def test_a_place_inside_a_block_text_is_its_own_line() -> None:
    """A finding in a `|` block names the line of the block."""
    document = parse_document("message: |\n  one\n  two\n", "x.yaml")

    assert document.inside(("message",), len("one\n")) == Location("x.yaml", 3, 3)


def test_duplicate_keys_and_foreign_tags_are_reported_together() -> None:
    """All problems of a file are found in one go."""
    with pytest.raises(ConfigError) as caught:
        parse_document("a: 1\na: 2\nb: !!python/name:os.system x\n? [1]\n: 2\n", "x.yaml")

    assert [(problem.where.line, problem.what) for problem in caught.value.problems if problem.where] == [
        (2, "duplicate key `a`"),
        (3, "the YAML tag `tag:yaml.org,2002:python/name:os.system` is not supported"),
        (4, "a key must be plain text"),
    ]


def test_a_syntax_error_names_its_line_and_a_mend() -> None:
    """A colon inside an unquoted text is the most frequent mistake."""
    with pytest.raises(ConfigError) as caught:
        parse_document("name: api: 5xx\n", "x.yaml")

    problem = caught.value.problems[0]
    assert (problem.where, problem.fix) == (Location("x.yaml", 1, 10), "quote a text that contains `: `")


def test_an_expanding_file_is_refused() -> None:
    """Anchors that expand without bound end in an error, not in full memory."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(ConfigError, match="more than 2000000 values"):
        parse_document("\n".join(lines), "x.yaml")


def test_a_tab_is_named_as_what_it_is() -> None:
    """YAML indents with spaces only."""
    with pytest.raises(ConfigError) as caught:
        parse_document("monitors:\n\t- id: a\n", "m.yaml")

    (problem,) = caught.value.problems
    assert (problem.what, problem.fix) == ("not YAML: a tab cannot indent", "indent with spaces")
