"""The series notation of monitor tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitors.unit_tests.notation import NotationError, duration_text, parse_duration_s, parse_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("-2+4x3", [-2, 2, 6, 10]),
        ("1-2x4", [1, -1, -3, -5, -7]),
        ("1x4", [1, 1, 1, 1, 1]),
        ("0+10x2 100x1", [0, 10, 20, 100, 100]),
        ("1 _x3 2", [1, None, None, None, 2]),
        ("_ 5", [None, 5]),
        ("1e3 .5 -0.25", [1000, 0.5, -0.25]),
        ("", []),
    ],
    ids=str,
)
def test_the_notation_is_the_one_of_promtool(text: str, values: list[float | None]) -> None:
    """`a+bxN`, `a-bxN` and `axN` are N + 1 samples, `_xN` is N missing ones. Source: promtool's documentation."""
    assert parse_values(text) == values


@pytest.mark.parametrize(
    ("text", "at"), [("1 2* 3", 2), ("5 1+2 7", 2), ("1,2", 0), ("x3", 0), ("1 2x", 2), ("0x999999999", 0)], ids=str
)
def test_a_sample_that_cannot_be_read_is_named_at_its_column(text: str, at: int) -> None:
    """The offset of the word, and a mend."""
    with pytest.raises(NotationError) as caught:
        parse_values(text)

    assert caught.value.at == at
    assert caught.value.fix


@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), max_size=30))
def test_any_samples_can_be_written_down(values: list[int | None]) -> None:
    """One word a sample is always possible."""
    assert parse_values(" ".join("_" if value is None else str(value) for value in values)) == values


@given(st.integers(0, 10**7))
def test_durations_are_read_as_they_are_written(seconds: int) -> None:
    """`1h30m`, `90s`, `2d`."""
    assert parse_duration_s(duration_text(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "5", "m5", "5m3", "1m1x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """A number needs its unit."""
    with pytest.raises(NotationError):
        parse_duration_s(text)
