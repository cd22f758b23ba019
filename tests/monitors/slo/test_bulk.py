"""Alerts on objectives over whole periods: in bulk the same as minute by minute."""

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.monitors.test_replay import START, all_series
from watchkeeper.monitors.replay import replay_by_minute, replay_monitor
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
