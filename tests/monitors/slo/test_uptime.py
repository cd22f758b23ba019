"""Alerts on objectives that measure time: by monitors and by slices, computed by hand, minute by minute."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.monitors.slo.told import START, brief
from watchkeeper.monitors.alerting import MonitorMemory, memory_from_json, run_monitor
from watchkeeper.monitors.slo.uptime import Uptime, joined
from watchkeeper.monitors.state import GroupState, State, Transition
from watchkeeper.query.forms import MemberId
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.series import MemorySeries, Series

BURN = 'burn_rate("up").over("30d").long_window("1h").short_window("5m") > 4'
SPENT = 'error_budget("up").over("7d") > 25'
THRESHOLDS = [{"timeframe": "30d", "target": 99.0}, {"timeframe": "7d", "target": 99.0}]
LATENCY: Mapping[str, Any] = {
    "comparator": "<",
    "threshold": 1,
    "query_interval_seconds": 60,
    "query": {
        "formulas": [{"formula": "slow"}],
        "queries": [{"data_source": "metrics", "name": "slow", "query": "avg:latency{*} by {zone}"}],
    },
}


def sliced(**further: Any) -> Mapping[str, Any]:
    return {"type": "time_slice", "thresholds": THRESHOLDS, "sli_specification": {"time_slice": {**LATENCY, **further}}}


def monitored(*members: MemberId, **further: Any) -> Mapping[str, Any]:
    return {"type": "monitor", "thresholds": THRESHOLDS, "monitor_ids": list(members), **further}


def latency(values: Mapping[int, float], zone: str = "a") -> Series:
    """values: by minute."""
    stamps = [START + 60 * minute for minute in values]
    return Series("latency", frozenset({f"zone:{zone}"}), stamps, list(values.values()))


def member(state: State, group: tuple[str, ...] = (), *, is_told: bool = True) -> MonitorMemory:
    return MonitorMemory({group: GroupState(state=state, notified=state if is_told else "OK")})


def played(
    query: str,
    slo: Mapping[str, Any],
    minutes: int,
    series: MemorySeries | None = None,
    states: Mapping[MemberId, Sequence[MonitorMemory]] | None = None,
) -> list[Transition]:
    """The transitions at every minute up to `minutes`. states: of each member, the first at minute 1."""
    definition = {"name": "burning", "type": "slo alert", "query": query, "message": "", "tags": []}
    memory = MonitorMemory()
    found: list[Transition] = []
    for minute in range(1, minutes + 1):
        members = {name: each[minute - 1] for name, each in (states or {}).items()}
        memory, told = run_monitor(
            definition, memory, series or MemorySeries(), START + 60 * minute, slos={"up": slo}, members=members
        )
        found += told
    return found


def test_the_overall_status_is_down_where_any_monitor_is() -> None:
    """The table of the documentation: three monitors, ten looks, 70 % overall, where each of them has 80 % or 90 %.

    Source: Datadog documentation, "Monitor-based SLOs", status calculation. Seen an evaluation later, each minute has
    lasted: 3 of the 60 minutes before are 5 times the 1 % that may be bad.
    """
    ok, alert = member("OK"), member("Alert")
    states = {
        1: [alert if at == 5 else ok for at in range(1, 12)],
        2: [alert if at == 9 else ok for at in range(1, 12)],
        3: [alert if at in (3, 5) else ok for at in range(1, 12)],
    }
    (found,) = (each for each in played(SPENT.replace("7d", "30d"), monitored(1, 2, 3), 30, states={
        name: [*each, *[ok] * 19] for name, each in states.items()
    }))  # fmt: skip

    # 180 s of 30 days, of which 1 % may be bad: 180 / 25,920.
    assert brief([found]) == [(30, "OK", round(100 * 180 / 25_920, 3))]


def test_both_windows_must_have_burnt() -> None:
    """A monitor alerts from minute 10 to minute 14, at a target of 99 %.

    At minute 13 it has been down for 3 of 60 minutes, 5 times what may be; 3 of the last 5 are 60 times. At minute 19
    the last five minutes hold none of it any more.
    """
    states = [member("Alert") if 10 <= minute < 15 else member("OK") for minute in range(1, 31)]
    found = played(BURN, monitored(7), 30, states={7: states})

    assert brief(found) == [(1, "OK", 0.0), (13, "Alert", 5.0), (20, "OK", 0.0)]


def test_a_warning_is_no_downtime() -> None:
    """Source: Datadog documentation, "Monitor-based SLOs": WARN is treated as OK."""
    states = [member("Warn")] * 20

    assert brief(played(BURN, monitored(7), 20, states={7: states})) == [(1, "OK", 0.0)]


@pytest.mark.parametrize(("is_told", "after"), [(True, [(1, "OK", 0.0), (4, "Alert", 5.0)]), (False, [(1, "OK", 0.0)])])
def test_missing_data_is_downtime_where_the_monitor_alerts_on_it(
    is_told: bool,
    after: list[tuple[int, str, float]],
) -> None:
    """Source: Datadog documentation, "Monitor-based SLOs", missing data."""
    states = [member("No Data", is_told=is_told)] * 10

    assert brief(played(BURN, monitored(7), 10, states={7: states})) == after


def test_only_the_groups_count_that_the_objective_names() -> None:
    """Of a monitor with groups an objective may look at some; the order of a group's tags means nothing."""
    states = [member("Alert", ("zone:a", "role:db"))] * 10
    named, other = (monitored(7, groups=[each]) for each in ("role:db,zone:a", "role:db,zone:b"))

    assert brief(played(BURN, named, 10, states={7: states}))[-1] == (4, "Alert", 5.0)
    assert brief(played(BURN, other, 10, states={7: states})) == [(1, "OK", 0.0)]


def test_a_slice_is_down_where_any_group_misses_the_condition() -> None:
    """Two zones, each slow in two minutes of its own: 4 of 60 minutes are 6.667 times 1 %, seen when they are over."""
    series = MemorySeries(
        [
            latency({minute: 2.0 if minute in (10, 11) else 0.5 for minute in range(30)}, "a"),
            latency({minute: 2.0 if minute in (12, 13) else 0.5 for minute in range(30)}, "b"),
        ]
    )

    assert brief(played(BURN, sliced(), 30, series)) == [(1, "OK", 0.0), (13, "Alert", 5.0), (19, "OK", 0.0)]


def test_slices_without_data_are_uptime() -> None:
    """Source: Datadog documentation, "Time Slice SLOs", missing data."""
    series = MemorySeries([latency({0: 0.5, 20: 0.5})])

    assert brief(played(BURN, sliced(), 20, series)) == [(1, "OK", 0.0)]


def test_a_slice_of_five_minutes_has_one_value() -> None:
    """One minute at 4 among four at 0.5 averages 1.2, which is not below 1; a slice counts when it is over.

    The minutes 10 to 14 are that slice: at minute 15 one of twelve is bad, 8.333 times 1 %. At minute 20 the next one
    is the last.
    """
    series = MemorySeries([latency({minute: 4.0 if minute == 12 else 0.5 for minute in range(30)})])
    found = played(BURN, sliced(query_interval_seconds=300), 30, series)

    assert brief(found) == [(1, "OK", 0.0), (15, "Alert", 8.333), (20, "OK", 0.0)]


def test_a_roll_up_in_a_slice_keeps_its_method() -> None:
    """`.rollup(min, 60)` in slices of five minutes takes the least of the whole slice."""
    query = {**LATENCY["query"], "queries": [{"name": "slow", "query": "avg:latency{*}.rollup(min, 60)"}]}
    series = MemorySeries([latency({minute: 4.0 if minute == 12 else 0.5 for minute in range(30)})])

    assert brief(played(BURN, sliced(query_interval_seconds=300, query=query), 30, series)) == [(1, "OK", 0.0)]


def test_slices_are_looked_at_before_the_alert_was_there() -> None:
    """The past of the series counts from the first evaluation on: 3 of 60 minutes."""
    series = MemorySeries([latency(dict.fromkeys((-3, -2, -1), 2.0))])

    assert brief(played(BURN, sliced(), 1, series)) == [(1, "Alert", 5.0)]


def test_samples_that_come_late_still_count() -> None:
    """A slice is looked at again for a quarter of an hour: metrics of CloudWatch come minutes late."""
    series = MemorySeries([latency({0: 0.5})])
    definition = {"name": "burning", "type": "slo alert", "query": BURN, "message": "", "tags": []}
    memory, _ = run_monitor(definition, MonitorMemory(), series, START + 600, slos={"up": sliced()})
    for minute in (7, 8, 9):
        series.add("latency", frozenset({"zone:a"}), START + 60 * minute, 2.0)
    _, (found,) = run_monitor(definition, memory, series, START + 660, slos={"up": sliced()})

    assert brief([found]) == [(11, "Alert", 5.0)]


def test_the_budget_of_time_is_gone_in_percent() -> None:
    """A week has 10,080 minutes; at 99 % 100.8 of them may be bad. 30 are 29.762 %."""
    series = MemorySeries([latency(dict.fromkeys(range(30), 2.0))])

    assert brief(played(SPENT, sliced(), 30, series)) == [(30, "Alert", 29.762)]


def test_counts_may_stand_in_a_specification() -> None:
    """`sli_specification.count`, with the bad events: 5 of 100 failed, 5 times 1 %."""
    count = {
        "good_events_formula": {"formula": "all - failed"},
        "bad_events_formula": {"formula": "failed"},
        "queries": [
            {"data_source": "metrics", "name": "all", "query": "sum:requests{*}.as_count()"},
            {"data_source": "metrics", "name": "failed", "query": "sum:errors{*}.as_count()"},
        ],
    }
    slo = {"type": "metric", "thresholds": THRESHOLDS, "sli_specification": {"count": count}}
    series = MemorySeries(
        Series(name, frozenset(), [START], [value], "count") for name, value in (("requests", 100.0), ("errors", 5.0))
    )

    assert brief(played(BURN, slo, 1, series)) == [(1, "Alert", 5.0)]


FORMULA = {**LATENCY["query"], "formulas": [{"formula": "fast"}]}


@pytest.mark.parametrize(
    ("slo", "told"),
    [
        (monitored(7), "the monitors 7 of the SLO are not here"),
        (monitored(), "an SLO without monitors is not evaluated"),
        ({**sliced(), "sli_specification": {}}, "an SLO that says nothing of its slices is not evaluated"),
        (sliced(comparator="=="), "the SLO compares by `==`"),
        (sliced(threshold="1"), "the threshold of the SLO is no number"),
        (sliced(query_interval_seconds=90), "slices of 90 s are not to be had"),
        (sliced(query=None), "the slices of the SLO have no query"),
        (sliced(query={"formulas": []}), "the SLO needs exactly one formula"),
        (sliced(query=FORMULA), "the SLO's formula names `fast`, which is none of its queries"),
        (
            sliced(query={**LATENCY["query"], "queries": [{"name": "slow", "query": "cumsum(avg:latency{*})"}]}),
            "`cumsum\\(\\)` is not evaluated: its value in a slice depends on what lies around it",
        ),
        (
            sliced(query={**LATENCY["query"], "queries": [{"name": "slow", "query": "avg:m{*}.rollup(avg, 3600)"}]}),
            "`a roll-up of 3600 s` is not evaluated: it is longer than the slices of 60 s",
        ),
        (
            {"type": "metric", "thresholds": THRESHOLDS, "sli_specification": {"count": {"queries": []}}},
            "the SLO needs good_events_formula",
        ),
    ],
    ids=[
        "members", "no-member", "no-slices", "comparator", "threshold", "length", "no-query", "no-formula", "variable",
        "function", "roll-up", "counts",
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_said(slo: Mapping[str, Any], told: str) -> None:
    """With the objective's place in the query, never as a budget that nobody spends."""
    with pytest.raises(QuerySyntaxError, match=told):
        played(BURN, slo, 1)


def test_the_past_survives_as_json() -> None:
    """What an alert remembers of the uptime is part of its memory."""
    memory = MonitorMemory({(): GroupState()}, uptime=Uptime(downs=((0, 60), (120, 180)), until=240, is_down=True))

    assert memory_from_json(memory.to_json()) == memory


def test_spans_that_touch_are_one() -> None:
    """However many monitors were down, a second counts once."""
    past = Uptime(downs=joined([(60, 120), (0, 60), (100, 130), (300, 360)]))

    assert past.downs == ((0, 130), (300, 360))
    assert past.down_s(30, 330) == 130


def test_a_slice_that_is_filled_from_before_stays_what_it_was() -> None:
    """Samples end at minute 20; `.fill(zero)` makes the next five slices 0, which is not above 0.1, and no more.

    Twenty minutes later they are still the 5 of 60 minutes that were bad.
    """
    query = {**LATENCY["query"], "queries": [{"name": "slow", "query": "avg:latency{*}.fill(zero)"}]}
    series = MemorySeries([latency(dict.fromkeys(range(20), 0.5))])
    slo = sliced(query=query, comparator=">", threshold=0.1)
    every = 'burn_rate("up").over("30d").long_window("1h").short_window("59m") > 8'

    assert brief(played(every, slo, 60, series)) == [(1, "OK", 0.0), (25, "Alert", 8.333)]
