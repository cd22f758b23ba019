"""Alerts on objectives: figures that were computed by hand, minute by minute."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.monitors.slo.told import START, brief
from watchkeeper.monitors.alerting import MonitorMemory, run_monitor
from watchkeeper.monitors.message import render_transition
from watchkeeper.monitors.state import Transition
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.series import MemorySeries, Series

BURN = 'burn_rate("answered").over("30d").long_window("1h").short_window("5m") > 14.4'
SPENT = 'error_budget("answered").over("7d") > 50'
SLO: Mapping[str, Any] = {
    "id": "answered",
    "type": "metric",
    "query": {
        "numerator": "sum:requests{*}.as_count() - sum:errors{*}.as_count()",
        "denominator": "sum:requests{*}.as_count()",
    },
    "thresholds": [{"timeframe": "30d", "target": 99.0}, {"timeframe": "7d", "target": 99.0}],
}


def alert(query: str, **further: Any) -> Mapping[str, Any]:
    return {"name": "burning", "type": "slo alert", "query": query, "message": "", "tags": [], **further}


def played(
    definition: Mapping[str, Any],
    requests: Sequence[float],
    errors: Mapping[int, float],
    minutes: int,
    slo: Mapping[str, Any] = SLO,
) -> list[Transition]:
    """The transitions at every minute up to `minutes`. requests: for each minute. errors: by minute, absent where none.

    CloudWatch leaves a counter out of minutes in which it is zero.
    """
    series = MemorySeries(
        Series(name, frozenset(), [START + 60 * at for at in found], list(found.values()), "count")
        for name, found in (("requests", dict(enumerate(requests))), ("errors", dict(errors)))
        if found
    )
    memory = MonitorMemory()
    found: list[Transition] = []
    for minute in range(1, minutes + 1):
        memory, told = run_monitor(definition, memory, series, START + 60 * minute, slos={"answered": slo})
        found += told
    return found


def test_both_windows_must_burn_and_the_short_one_ends_the_alert() -> None:
    """100 requests a minute, all failing in the minutes 10 to 19, at a target of 99 %.

    Minute 11: 100 of 1,100 failed, 9.09 times the budget's 1 %. Minute 12: 200 of 1,200, 16.667 times, and 40 times in
    the last five minutes. Minute 24: of the last five minutes one failed, 20 times. Minute 25: none.
    """
    found = played(alert(BURN), [100.0] * 40, dict.fromkeys(range(10, 20), 100.0), 40)

    assert brief(found) == [(1, "OK", 0.0), (12, "Alert", 16.667), (25, "OK", 0.0)]


def test_a_short_burst_does_not_wake_anybody() -> None:
    """Half of the requests of four minutes: 200 of 1,400 failed, 14.286 times; one minute more is 16.667 times."""
    quiet = played(alert(BURN), [100.0] * 40, dict.fromkeys(range(10, 14), 50.0), 40)
    loud = played(alert(BURN), [100.0] * 40, dict.fromkeys(range(10, 15), 50.0), 40)

    assert brief(quiet) == [(1, "OK", 0.0)]
    assert brief(loud) == [(1, "OK", 0.0), (15, "Alert", 16.667), (18, "OK", 13.889)]


def test_where_nothing_happens_nothing_burns() -> None:
    """All traffic ends while the alert is on: five minutes later the short window is empty, and it recovers."""
    found = played(alert(BURN), [100.0] * 20, dict.fromkeys(range(10, 20), 100.0), 40)

    assert brief(found)[-1] == (25, "OK", 0.0)


def test_an_objective_without_any_event_has_no_data() -> None:
    """It says nothing, neither that all is well nor that it is not."""
    assert played(alert(BURN), [], {}, 10) == []


def test_exactly_the_threshold_is_not_above_it() -> None:
    """144 of 1,000 is 14.4 times 1 % to the last digit; one more is above."""
    at, above = (played(alert(BURN), [1000.0], {0: failed}, 1) for failed in (144.0, 145.0))

    assert brief(at) == [(1, "OK", 14.4)]
    assert brief(above) == [(1, "Alert", 14.5)]


@pytest.mark.parametrize(("target", "failed", "rate"), [(99.9, 5.0, 5.0), (99.0, 5.0, 0.5), (95.0, 500.0, 10.0)])
def test_the_burn_rate_is_the_error_rate_by_what_the_target_allows(target: float, failed: float, rate: float) -> None:
    """Source: Datadog documentation, "Burn Rate Alerts": 0.01 of 0.001 is 10."""
    slo = {**SLO, "thresholds": [{"timeframe": "30d", "target": target}]}
    (found,) = played(alert(BURN), [1000.0], {0: failed}, 1, slo)

    assert found.value == pytest.approx(rate)


def test_the_budget_that_is_gone_is_told_in_percent() -> None:
    """Of 3,000 requests 30 may fail at 99 %; 18 are 60 % of them. A week's window is looked at every half hour."""
    found = played(alert(SPENT), [100.0] * 60, {3: 18.0}, 60)

    assert brief(found) == [(30, "Alert", 60.0), (60, "OK", 30.0)]


def test_a_warning_comes_before_the_alert() -> None:
    """Thresholds work as on any monitor: 7.2 times the budget warns."""
    warned = alert(BURN, options={"thresholds": {"critical": 14.4, "warning": 7.2}})

    assert brief(played(warned, [1000.0], {0: 80.0}, 1)) == [(1, "Warn", 8.0)]


def test_counts_that_are_split_into_groups_are_added_up() -> None:
    """The alert is on the objective as a whole."""
    counts = ("sum:good{*} by {zone}.as_count()", "sum:all{*} by {zone}.as_count()")
    slo = {**SLO, "query": dict(zip(("numerator", "denominator"), counts, strict=True))}
    series = MemorySeries(
        Series(name, frozenset({f"zone:{zone}"}), [START], [value], "count")
        for name, zone, value in (("good", "a", 90.0), ("good", "b", 60.0), ("all", "a", 100.0), ("all", "b", 100.0))
    )
    _, (found,) = run_monitor(alert(BURN), MonitorMemory(), series, START + 60, slos={"answered": slo})

    assert found.value == pytest.approx(25.0)


def test_the_message_names_both_rates() -> None:
    """`{{long_window_burn_rate}}` and `{{short_window_burn_rate}}`; `{{value}}` is the smaller one."""
    definition = alert(BURN, message="{{long_window_burn_rate}} {{short_window_burn_rate}} {{value}}")
    found = played(definition, [100.0] * 40, dict.fromkeys(range(10, 20), 100.0), 12)

    assert render_transition("burning", str(definition["message"]), found[-1]).message == "16.667 40 16.667"


@pytest.mark.parametrize(
    ("slo", "told"),
    [
        ({}, "the SLO `answered` is not here"),
        ({"answered": {**SLO, "type": "monitor"}}, "an SLO without monitors is not evaluated"),
        ({"answered": {**SLO, "type": "time_slice"}}, "an SLO that says nothing of its slices is not evaluated"),
        ({"answered": {**SLO, "query": None}}, "an SLO without numerator and denominator is not evaluated"),
        ({"answered": {**SLO, "query": {"numerator": "sum:a{", "denominator": "sum:b{*}"}}}, "expected"),
        ({"answered": {**SLO, "thresholds": [{"target": "much"}]}}, "the thresholds of the SLO `answered` are none"),
        ({"answered": {**SLO, "thresholds": [{"timeframe": "7d", "target": 99}]}}, "the SLO has no target over 30d"),
    ],
    ids=["missing", "monitors", "slices", "no-query", "syntax", "thresholds", "time-frame"],
)
def test_what_cannot_be_evaluated_is_said(slo: Mapping[str, Any], told: str) -> None:
    """With the place in the query, never as a value of zero."""
    with pytest.raises(QuerySyntaxError, match=told):
        run_monitor(alert(BURN), MonitorMemory(), MemorySeries(), START + 60, slos=slo)
