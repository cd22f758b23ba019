"""Metric math: what an expression is worth at each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.autoscaling.metric_math import (
    MathSyntaxError,
    UnknownFunctionError,
    Values,
    evaluate,
    metric_ids,
    parse_math,
)

VALUES: Values = {"m": [10.0, None, 30.0], "t": [2.0, 5.0, 0.0]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m / t", [5, None, None]),
        ("FILL(m, 0) + 1", [11, 1, 31]),
        ("FILL(m, REPEAT)", [10, 10, 30]),
        ("1 + 2 * 3 - 4 / 2", [5, 5, 5]),
        ("-t ^ 2 ^ 0", [-2, -5, -0.0]),
        ("(1 + 2) * t", [6, 15, 0]),
        ("IF(t > 2, m, 7)", [7, None, 7]),
        ("MAX([m, t])", [10, 5, 30]),
        ("SUM([m, t]) / 2", [6, 2.5, 15]),
        ("AVG(m, t)", [6, 5, 15]),
    ],
)
def test_an_expression_is_evaluated_at_each_time(text: str, expected: list[float | None]) -> None:
    """What is missing stays missing, save where it is filled; a division by zero is missing too."""
    assert evaluate(parse_math(text), VALUES) == expected


@pytest.mark.parametrize(
    ("text", "what", "offset"),
    [
        ("m / ", "a metric, a number or a function is missing", 3),
        ("m t", "`t` is not expected here", 2),
        ("(m + t", "`)` is missing", 6),
        ("m % t", "`%` has no place in an expression", 2),
        ("", "a metric, a number or a function is missing", 0),
    ],
)
def test_a_wrong_expression_is_named_at_its_character(text: str, what: str, offset: int) -> None:
    """Counted from 0."""
    with pytest.raises(MathSyntaxError) as caught:
        parse_math(text)

    assert (str(caught.value), caught.value.offset) == (what, offset)


def test_a_function_that_is_not_known_is_unknown_and_not_wrong() -> None:
    """It parses, and its metrics are known."""
    node = parse_math("RATE(m) / t")

    assert list(metric_ids(node)) == ["m", "t"]
    with pytest.raises(UnknownFunctionError, match="RATE"):
        evaluate(node, VALUES)


@given(st.recursive(
    st.integers(0, 99).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
    max_leaves=12,
))  # fmt: skip
def test_arithmetic_is_that_of_every_other_language(text: str) -> None:
    """Compared with Python's own."""
    assert evaluate(parse_math(text), {"m": [1.0]}) == [pytest.approx(float(eval(text)))]  # noqa: S307 - digits only
