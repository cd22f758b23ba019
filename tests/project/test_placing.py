"""Where a character of a value stands in its file."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.project.json_source import parse_json
from watchkeeper.project.placing import index_of, line_and_column, source_index, template_offset
from watchkeeper.project.source import parse_document

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029\ufeff", min_codepoint=32), min_size=1)


@given(TEXTS.filter(lambda text: text.strip()), st.data(), st.booleans())
def test_every_character_of_a_json_text_is_found(text: str, data: st.DataObject, is_ascii: bool) -> None:
    """Whether it is written as it is, or with escapes."""
    offset = data.draw(st.sampled_from([place for place, letter in enumerate(text) if not letter.isspace()]))
    document = parse_json(json.dumps({"name": "x", "query": text}, ensure_ascii=is_ascii), "x.json")
    index = document.index_inside(("query",), text, offset)

    assert index is not None
    written = json.dumps(text[offset], ensure_ascii=is_ascii)[1:-1]
    assert written in (document.text[index : index + len(written)], document.text[index - 1 : index - 1 + len(written)])


YAML_TEXTS = st.text("abc {}:>'/\n", min_size=1).filter(lambda text: bool(text.strip()))


@given(YAML_TEXTS, st.sampled_from(["|", ">", '"', "'"]), st.data())
def test_every_character_of_a_yaml_text_is_found(text: str, style: str, data: st.DataObject) -> None:
    """Blocks, folded blocks and quotes, however PyYAML breaks the lines."""
    source = yaml.dump({"query": text}, default_style=style, width=20)
    value = parse_document(source, "x.yaml").data["query"]
    offset = data.draw(st.sampled_from([place for place, letter in enumerate(value) if not letter.isspace()]))
    index = parse_document(source, "x.yaml").index_inside(("query",), value, offset)

    assert index is not None
    assert source[index] == value[offset]


def test_a_place_and_its_index_belong_together() -> None:
    """Counted from 0 by parsers, from 1 for people."""
    text = "ab\ncde\n\nf"

    assert [index_of(text, line, column) for line, column in [(0, 1), (1, 2), (3, 0), (9, 0)]] == [1, 5, 8, 9]
    assert [line_and_column(text, index) for index in (0, 5, 8)] == [(1, 1), (2, 3), (4, 1)]


def test_white_space_may_be_written_as_an_escape() -> None:
    """A no-break space, as `json.dumps` writes it."""
    source = json.dumps({"query": "00\xa01"})

    assert parse_json(source, "x.json").index_inside(("query",), "00\xa01", 3) == source.index("1")


def test_a_text_that_stands_elsewhere_is_not_found() -> None:
    """Rather nothing than a wrong place."""
    assert source_index("abc", 0, 3, "axc", 2) is None


@pytest.mark.parametrize(
    ("template", "rendered", "word", "found"),
    [
        ("a{<< env >>} > << limit >>", "a{prod} > 4", "} >", (11, True)),
        ("a{<< env >>} > << limit >>", "a{prod} > 4", "prod", (2, False)),
        ("a{<< env >>} > << limit >>", "a{prod} > 4", "4", (15, False)),
        ("  a{<< env >>}\n", "a{prod}", "a", (2, True)),
        ("plain", "plain", "in", (3, True)),
        ("<% if x %>a<% endif %>", "a", "a", None),
    ],
    ids=["behind an expression", "an expression", "the last expression", "trimmed", "no expression", "a statement"],
)
def test_a_rendered_character_is_found_in_its_template(
    template: str, rendered: str, word: str, found: tuple[int, bool] | None
) -> None:
    """What an expression produced is found at the expression."""
    assert template_offset(template, rendered, rendered.index(word)) == found
