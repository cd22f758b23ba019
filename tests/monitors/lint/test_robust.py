"""Whatever stands in the JSON, lint answers with findings, never with a crash."""

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.monitors.lint.twins import findings_in, subjects_of
from watchkeeper.errors import ConfigError
from watchkeeper.monitors.lint.exported import exported_subjects
from watchkeeper.monitors.lint.rules import RULES
from watchkeeper.project.json_source import parse_json

EXAMPLES: Final = [
    dict(subject.body) for rule in RULES if not rule.id.startswith("disable-") for subject in subjects_of(rule.bad)
]
JUNK: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [path, *(found for key, item in value.items() for found in _paths(item, (*path, key)))]
    if isinstance(value, list):
        return [path, *(found for index, item in enumerate(value) for found in _paths(item, (*path, index)))]
    return [path]


def _replaced(value: Any, path: tuple[str | int, ...], junk: object) -> Any:
    if not path:
        return junk
    step = path[0]
    if isinstance(value, dict):
        return {key: _replaced(item, path[1:], junk) if key == step else item for key, item in value.items()}
    return [_replaced(item, path[1:], junk) if index == step else item for index, item in enumerate(value)]


SHAPES: Final[tuple[Any, ...]] = (None, True, 0, -1, 1.5, 10**30, "", "x", [], [[]], [{}], {}, {"x": []})


@pytest.mark.parametrize("body", EXAMPLES, ids=lambda body: str(body.get("type", "")))
def test_each_shape_at_each_place_is_survived(body: dict[str, Any]) -> None:
    """Every kind of JSON value once, wherever a monitor has one."""
    for path in _paths(body):
        for junk in SHAPES:
            text = json.dumps([_replaced(body, path, junk), body])
            try:
                subjects = exported_subjects(parse_json(text, "x.json"))
            except ConfigError:
                continue
            assert all(finding.problem.what for finding in findings_in(subjects)), (path, junk)


@given(st.sampled_from(EXAMPLES), st.data(), JUNK)
@settings(deadline=None, max_examples=150)
def test_any_value_at_any_place_is_survived(body: dict[str, Any], data: st.DataObject, junk: object) -> None:
    """A list for a number, nothing for a text, a number for an object."""
    path = data.draw(st.sampled_from(_paths(body)))
    text = json.dumps([_replaced(body, path, junk), body])
    try:
        subjects = exported_subjects(parse_json(text, "x.json"))
    except ConfigError:
        return
    for finding in findings_in(subjects):
        assert finding.problem.where is not None
        assert finding.problem.what


@given(st.sampled_from([body for body in EXAMPLES if isinstance(body.get("query"), str)]), st.data())
@settings(deadline=None, max_examples=150)
def test_any_damaged_query_or_message_is_survived(body: dict[str, Any], data: st.DataObject) -> None:
    """Cut, doubled, or with a foreign piece inside."""
    key = data.draw(st.sampled_from(["query", "message"]))
    text = body[key]
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    piece = data.draw(
        st.sampled_from(["", "{{", "}}", "{", "(", "'", "@", "{{#is_alert}}", "\\", "💥", text[begin:end] * 2])
    )

    findings_in(exported_subjects(parse_json(json.dumps({**body, key: text[:begin] + piece + text[end:]}), "x.json")))


def test_a_number_that_no_float_holds_is_no_threshold() -> None:
    """JSON knows numbers of any length."""
    body = {
        "type": "query alert",
        "query": "avg(last_5m):avg:a{*} > 1",
        "options": {"thresholds": {"critical": 10**400}},
    }
    findings = findings_in(exported_subjects(parse_json(json.dumps(body), "x.json")))

    assert "threshold-not-a-number" in {finding.problem.rule for finding in findings}
