"""CloudWatch alarms, after the table of its documentation."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.autoscaling.conftest import CPU, RESOURCE
from watchkeeper.autoscaling.alarms import Alarm, AlarmState, alarm_pair
from watchkeeper.autoscaling.model import MissingData


def points(text: str) -> list[float | None]:
    """X breaches, 0 does not, - is missing."""
    return [{"X": 9.0, "0": 1.0, "-": None}[each] for each in text]


def alarm(missing: MissingData = "missing", *, periods: int = 3, needed: int = 0) -> Alarm:
    return Alarm("a", "GreaterThanThreshold", 5, periods, needed=needed, missing=missing)


@pytest.mark.parametrize(
    ("text", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0-X-X", "OK", "OK", "OK", "OK"),
        ("----0", "OK", "OK", "OK", "OK"),
        ("-----", "INSUFFICIENT_DATA", "before", "ALARM", "OK"),
        ("0XX-X", "ALARM", "ALARM", "ALARM", "ALARM"),
        ("--X--", "ALARM", "before", "ALARM", "OK"),
    ],
)
def test_three_of_three_datapoints_as_cloudwatch_tables_them(
    text: str, missing: str, ignore: str, breaching: str, not_breaching: str
) -> None:
    """Each treatment of missing data; `before` keeps the state."""
    for kind, expected in (
        ("missing", missing),
        ("ignore", ignore),
        ("breaching", breaching),
        ("notBreaching", not_breaching),
    ):
        for before in get_args(AlarmState):
            found = alarm(kind).state(points(text), before)  # type: ignore[arg-type]
            assert found == (before if expected == "before" else expected), kind


@pytest.mark.parametrize(("text", "state"), [("X0X", "ALARM"), ("X00", "OK"), ("00X0X", "ALARM"), ("XX0", "ALARM")])
def test_two_of_three_datapoints_are_enough_where_two_are_asked_for(text: str, state: str) -> None:
    """M of N."""
    assert alarm(needed=2).state(points(text)) == state


def test_the_alarm_pair_has_the_thresholds_and_names_of_aws() -> None:
    """Greater than the target, less than 0.9 of it; two services never share a name."""
    high, low = alarm_pair(CPU, RESOURCE)

    assert (high.comparison, high.threshold, high.periods) == ("GreaterThanThreshold", 50, 3)
    assert (low.comparison, low.threshold, low.periods) == ("LessThanThreshold", 45, 15)
    assert alarm_pair(CPU, RESOURCE) == (high, low)
    assert high.name != alarm_pair(CPU, "service/prod/reports")[0].name


@given(st.lists(st.sampled_from([9.0, 1.0, None]), max_size=8), st.integers(1, 4))
def test_a_datapoint_that_is_fine_is_never_forgotten(values: list[float | None], periods: int) -> None:
    """The newest one is fine: an alarm that needs all its datapoints is not in ALARM."""
    assert alarm(periods=periods).state([*values, 1.0]) == "OK"
