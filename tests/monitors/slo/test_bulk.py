"""Alerts on objectives over whole periods: in bulk the same as minute by minute."""

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from tests.monitors.test_replay import START, all_series, definitions, expressions
from watchkeeper.monitors.composite_replay import outages_of
from watchkeeper.monitors.playback import play
from watchkeeper.monitors.replay import replay_by_minute, replay_monitor
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.forms import MemberId
from watchkeeper.query.recorded import RecordedSeries

NUMERATORS = [
    "sum:m{*}.as_count()",
    "sum:n{*}.as_count() - sum:m{env:prod}.as_count()",
    "sum:m{*} by {host}.as_count()",
]
QUERIES = [
    'burn_rate("s").over("30d").long_window("1h").short_window("5m") > 2',
    'burn_rate("s").over("7d").long_window("2h").short_window("10m") >= 0.5',
    'error_budget("s").over("7d") > 50',
]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Mapping[str, Any], Mapping[str, Any], RecordedSeries]:
    slo = {
        "type": "metric",
        "query": {"numerator": draw(st.sampled_from(NUMERATORS)), "denominator": "sum:n{*}.as_count()"},
        "thresholds": [{"timeframe": each, "target": draw(st.sampled_from([99.9, 90]))} for each in ("7d", "30d")],
    }
    options = {
        "thresholds": draw(st.sampled_from([{}, {"warning": 0.2}])),
        "evaluation_delay": draw(st.sampled_from([0, 60])),
        "renotify_interval": draw(st.sampled_from([0, 10])),
    }
    definition = {"name": "s", "type": "slo alert", "query": draw(st.sampled_from(QUERIES)), "options": options}
    return definition, slo, draw(all_series())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_in_bulk_an_alert_on_an_objective_does_what_it_does_minute_by_minute(
    case: tuple[Mapping[str, Any], Mapping[str, Any], RecordedSeries],
) -> None:
    """Transitions, values and what is remembered at the end are equal."""
    definition, slo, series = case
    period = (START - 600, START + 4800)

    bulk = replay_monitor(definition, series, *period, slos={"s": slo})
    reference = replay_by_minute(definition, series, *period, slos={"s": slo})

    assert bulk.transitions == reference.transitions
    assert bulk.memory == reference.memory


ALERTS = [
    'burn_rate("s").over("30d").long_window("1h").short_window("5m") > 2',
    'burn_rate("s").over("7d").long_window("1h").short_window("3m") <= 0.5',
    'error_budget("s").over("7d") > 0.2',
]
TARGETS = [{"timeframe": each, "target": 99.0} for each in ("7d", "30d")]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(ALERTS), st.sampled_from([60, 300]), st.sampled_from([0, 120]),
    expressions(""), st.sampled_from([">", "<="]), all_series(),
)  # fmt: skip
def test_slices_of_time_in_bulk_are_those_minute_by_minute(
    query: str, slice_s: int, delay_s: int, text: str, comparator: str, series: RecordedSeries
) -> None:
    """Whatever the query computes, and wherever the slices lie in the windows."""
    condition = {
        "comparator": comparator, "threshold": 3, "query_interval_seconds": slice_s,
        "query": {"formulas": [{"formula": "q"}], "queries": [{"name": "q", "query": text}]},
    }  # fmt: skip
    slo = {"type": "time_slice", "thresholds": TARGETS, "sli_specification": {"time_slice": condition}}
    definition = {"name": "s", "type": "slo alert", "query": query, "options": {"evaluation_delay": delay_s}}
    period = (START - 90, START + 3900)
    try:
        reference = replay_by_minute(definition, series, *period, slos={"s": slo})
    except ValueError:
        reject()

    bulk = replay_monitor(definition, series, *period, slos={"s": slo})

    assert bulk.transitions == reference.transitions
    assert bulk.memory == reference.memory


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(ALERTS), st.lists(definitions(), min_size=1, max_size=2), all_series())
def test_an_objective_on_monitors_in_bulk_is_the_one_minute_by_minute(
    query: str, members: list[dict[str, Any]], series: RecordedSeries
) -> None:
    """The monitors are replayed first, the alert looks at when they were down."""
    slo = {"type": "monitor", "monitor_ids": list(range(len(members))), "thresholds": TARGETS}
    definition = {"name": "s", "type": "slo alert", "query": query}
    subject, *played = (
        Subject(id=str(index), declaration="", env="", definition=each, slos={"s": slo})
        for index, each in enumerate((definition, *members))
    )
    named: dict[MemberId, Subject] = dict(enumerate(played))
    start, end = START - 300, START + 4200
    try:
        steps = list(play(subject, series, start, end, members=named))
    except ValueError:
        reject()

    outages = outages_of(subject, named, series, start, end)
    bulk = replay_monitor(definition, series, start, end, slos={"s": slo}, outages=outages)

    assert list(bulk.transitions) == [each for step in steps for each in step.transitions]
    assert bulk.memory == steps[-1].memory
