"""Monitors over whole periods: in bulk the same as minute by minute."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.monitors.downtime import Downtime
from watchkeeper.monitors.replay import replay_by_minute, replay_monitor
from watchkeeper.query.recorded import RecordedSeries, recorded
from watchkeeper.query.series import Kind, Series

START = 1_764_000_000
MINUTES = 60

KINDS: list[Kind] = ["gauge", "gauge", "count", "rate", "distribution"]
NUMBERS = st.one_of(
    st.integers(-3, 20).map(float), st.sampled_from([0.1, 0.2, 0.3, 1e-9, 5.5, 1e6, -0.0]), st.floats(-100, 100)
)


@st.composite
def one_series(draw: st.DrawFn, metric: str, kind: Kind) -> Series:
    """Samples every so many seconds, with gaps, on or beside the whole minute."""
    step = draw(st.sampled_from([20, 60, 60, 60, 120, 300]))
    offset = draw(st.sampled_from([0, 0, 7]))
    count = MINUTES * 60 // step
    kept = draw(st.lists(st.booleans(), min_size=count, max_size=count)) if draw(st.booleans()) else [True] * count
    gap = draw(st.tuples(st.integers(0, count), st.integers(0, count)))
    stamps = [
        START + offset + step * index
        for index in range(count)
        if kept[index] and not gap[0] <= index < gap[0] + gap[1] // 2
    ]
    pool = draw(st.lists(NUMBERS, min_size=1, max_size=8))
    pattern = draw(st.lists(st.integers(0, len(pool) - 1), min_size=1, max_size=12))
    values = [pool[pattern[index % len(pattern)]] for index in range(len(stamps))]
    tags = {f"host:{draw(st.sampled_from('abc'))}", f"env:{draw(st.sampled_from(['prod', 'dev']))}"}
    return Series(metric, frozenset(tags), stamps, values, kind, draw(st.sampled_from([10, 60])))


@st.composite
def all_series(draw: st.DrawFn) -> RecordedSeries:
    found: dict[tuple[str, frozenset[str]], Series] = {}
    for metric in ("m", "n"):
        kind = draw(st.sampled_from(KINDS))
        for _ in range(draw(st.integers(0, 4))):
            series = draw(one_series(metric, kind))
            found.setdefault((metric, series.tags), series)
    return recorded(found.values())


METHODS = [
    "", "", "", ".as_count()", ".as_rate()", ".rollup(max, 60)", ".rollup(sum, 120)", ".rollup(180)", ".fill(zero)",
    ".fill(last, 120)", ".fill(null)", ".fill(linear, 600)", ".rollup(avg, 300).fill(last)",
]  # fmt: skip
POINTWISE = ["abs", "default_zero", "round", "clamp_min 3", "cutoff_max 5", "default 4", "log2"]
OTHERS = [
    "diff", "per_second", "monotonic_diff", "cumsum", "integral", "ewma_3", "median_3", "dt", "count_nonzero",
    "moving_rollup 120, 'max'", "rollup 'max', 120", "timeshift -300", "hour_before", "top 2, 'max', 'desc'",
    "trend_line", "sum {env}", "avg", "piecewise_constant", "throughput", "count {env}", "percentile 'p50'",
]  # fmt: skip
REPEATS = [
    {},
    {"renotify_interval": 3},
    {"renotify_interval": 5, "renotify_statuses": ["alert", "warn", "no data"]},
    {"renotify_interval": 2, "renotify_occurrences": 2, "renotify_statuses": ["warn"]},
]


@st.composite
def metrics(draw: st.DrawFn, by: str) -> str:
    space = draw(st.sampled_from(["avg", "sum", "min", "max", "count", "p75", "count(v: v>=3)"]))
    scope = draw(st.sampled_from(["*", "env:prod", "!env:prod", "host:a*", "env IN (prod,dev)"]))
    return f"{space}:{draw(st.sampled_from('mn'))}{{{scope}}}{by}{draw(st.sampled_from(METHODS))}"


@st.composite
def expressions(draw: st.DrawFn, by: str, depth: int = 2) -> str:
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(metrics(by))
    inner = expressions(by, depth - 1)
    shape = draw(st.integers(0, 4))
    if shape <= 1:
        other = draw(st.one_of(inner, metrics(""), st.sampled_from(["2", "0", "0.1"])))
        return f"({draw(inner)} {draw(st.sampled_from('+-*/'))} {other})"
    if shape <= 3:
        name, _, rest = draw(st.sampled_from(POINTWISE if shape == 2 else OTHERS)).partition(" ")
        return f"{name}({draw(inner)}{', ' + rest if rest else ''})"
    method = draw(st.sampled_from(["", "", ".fill(zero)", ".rollup(max, 120)"]))
    other = draw(st.one_of(inner, st.sampled_from(["1", "0"])))
    return f"{draw(st.sampled_from(['max', 'min']))}({draw(inner)}{method}, {other})"


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    by = draw(st.sampled_from(["", " by {host}", " by {env,host}"]))
    time = draw(st.sampled_from(["avg", "sum", "min", "max", "p90"]))
    window = draw(st.sampled_from(["last_1m", "last_5m", "last_5m", "last_10m", "last_1h"]))
    comparator = draw(st.sampled_from([">", ">=", "<", "<="]))
    critical = draw(st.sampled_from([0, 1, 3, 5.5, 0.6]))
    sign = 1 if comparator.startswith(">") else -1
    thresholds: dict[str, float] = {"critical": critical}
    if draw(st.booleans()):
        thresholds["critical_recovery"] = critical - sign
    if draw(st.booleans()):
        thresholds["warning"] = critical - 2 * sign
        thresholds["warning_recovery"] = critical - 3 * sign
    options: dict[str, Any] = {"thresholds": thresholds}
    options |= draw(st.sampled_from([
        {}, {"on_missing_data": "show_and_notify_no_data"}, {"on_missing_data": "resolve"},
        {"notify_no_data": True, "no_data_timeframe": 10}, {"notify_no_data": True}, {"timeout_h": 1},
    ]))  # fmt: skip
    options |= draw(st.sampled_from(REPEATS))
    options |= draw(st.sampled_from([{}, {}, {"require_full_window": True}, {"new_group_delay": 120}]))
    options |= draw(st.sampled_from([{}, {}, {"notify_by": ["*"]}, {"notify_by": ["env"]}]))
    options |= draw(st.sampled_from([{}, {"evaluation_delay": 90}, {"evaluation_delay": 300}]))
    query = f"{time}({window}):{draw(expressions(by))} {comparator} {critical}"
    if draw(st.integers(0, 5)) == 0:
        kind = draw(st.sampled_from(["change", "pct_change"]))
        query = f"{kind}({time}({window}),last_5m):{draw(expressions(by, 1))} {comparator} {critical}"
    return {"type": "query alert", "query": query, "options": options, "tags": ["team:a"]}


@st.composite
def downtimes(draw: st.DrawFn) -> list[Downtime]:
    if draw(st.integers(0, 2)):
        return []
    start = START + draw(st.integers(0, 40)) * 60
    return [
        Downtime(
            start=start, end=start + draw(st.integers(1, 20)) * 60, mutes_first_recovery=draw(st.booleans()),
            tells=frozenset({"Alert"}) if draw(st.booleans()) else frozenset(),
        )
    ]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(definitions(), all_series(), downtimes())
def test_a_replay_in_bulk_is_the_replay_minute_by_minute(
    definition: dict[str, Any], source: RecordedSeries, muting: list[Downtime]
) -> None:
    """Transitions, their values and what is remembered are equal to the last bit."""
    end = START + 60 * MINUTES + 1800
    try:
        expected = replay_by_minute(definition, source, START - 300, end, downtimes=muting)
    except ValueError:
        return
    seen = replay_monitor(definition, source, START - 300, end, downtimes=muting)

    assert seen.transitions == expected.transitions
    assert seen.memory == expected.memory


SEARCHES = ["*", "env:prod", "env:prod -host:a", "host:(a OR b)", "n:1"]
ROLLUPS = ['"count"', '"cardinality", "@host"', '"avg", "@d"', '"sum", "@d"', '"median", "@d"', '"pc90", "@d"']


@st.composite
def event_series(draw: st.DrawFn) -> RecordedSeries:
    """Everything, by its tags; what one search finds; and a measure of everything."""
    found: dict[tuple[str, frozenset[str]], Series] = {}
    for name in ('logs("*")', 'logs("env:prod")', 'logs("*"):d'):
        for _ in range(draw(st.integers(0, 3))):
            series = draw(one_series(name, "gauge" if name.endswith("d") else "count"))
            found.setdefault((name, series.tags), series)
    return recorded(found.values())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.sampled_from(SEARCHES),
    st.sampled_from(ROLLUPS),
    st.sampled_from(["", '.by("host")', '.by("env,host")']),
    st.sampled_from([{}, {"on_missing_data": "show_no_data"}, {"groupby_simple_monitor": True}]),
    event_series(),
)
def test_searches_in_bulk_are_searches_minute_by_minute(
    search: str, rollup: str, by: str, options: dict[str, Any], source: RecordedSeries
) -> None:
    """Counts, measures and distinct values, picked out by tags or given by name."""
    query = f'logs("{search}").index("*").rollup({rollup}){by}.last("5m") > 3'
    definition = {"type": "log alert", "query": query, "options": {"new_group_delay": 0, **options}}

    expected = replay_by_minute(definition, source, START, START + 4200)
    seen = replay_monitor(definition, source, START, START + 4200)

    assert (seen.transitions, seen.memory) == (expected.transitions, expected.memory)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.sampled_from(["", " by {host}"]),
    st.sampled_from(["", " by {host}"]),
    st.sampled_from([">", ">=", "<", "<="]),
    st.booleans(),
    all_series(),
)
def test_computed_thresholds_in_bulk_are_those_minute_by_minute(
    by: str, threshold_by: str, comparator: str, has_recovery: bool, source: RecordedSeries
) -> None:
    """Of groups, of all groups together, with and without a recovery threshold, where either may be missing."""
    variables = [
        {"name": "a", "data_source": "metrics", "query": f"avg:m{{*}}{by}"},
        {"name": "b", "data_source": "metrics", "query": f"avg:n{{*}}{threshold_by}"},
    ]
    thresholds = {"critical_query": 'formula("2 * b").rollup("max").last("10m")'}
    if has_recovery:
        thresholds["critical_recovery_query"] = 'formula("b").rollup("avg").last("5m")'
    definition = {
        "type": "query alert",
        "query": f'formula("a").last("5m") {comparator} threshold',
        "options": {"variables": variables, "thresholds": thresholds, "new_group_delay": 0},
    }

    expected = replay_by_minute(definition, source, START, START + 4200)
    seen = replay_monitor(definition, source, START, START + 4200)

    assert (seen.transitions, seen.memory) == (expected.transitions, expected.memory)


@st.composite
def four_hours(draw: st.DrawFn) -> RecordedSeries:
    """Two hosts whose hours are alike but for some samples that are missing or somewhere else."""
    found = []
    for metric, host in (("m", "a"), ("m", "b"), ("n", "a")):
        hour = draw(st.lists(NUMBERS, min_size=3, max_size=20))
        values: dict[int, float] = {minute: hour[minute % 60 % len(hour)] for minute in range(240)}
        values |= draw(st.dictionaries(st.integers(150, 239), NUMBERS, max_size=30))
        for minute in draw(st.sets(st.integers(0, 239), max_size=30)):
            values.pop(minute, None)
        stamps = [START + 60 * minute for minute in sorted(values)]
        found.append(Series(metric, frozenset({f"host:{host}"}), stamps, [values[each] for each in sorted(values)]))
    return recorded(found)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.sampled_from(["basic", "agile", "robust"]),
    st.sampled_from(["", " by {host}"]),
    st.sampled_from(["avg:m{*}%s", "sum:m{*}%s.as_count()", "(avg:m{*}%s + avg:n{*}%s)"]),
    st.sampled_from([60, 120]),
    st.booleans(),
    st.sampled_from(["last_10m", "last_30m"]),
    four_hours(),
)
def test_points_are_judged_once_and_alike(
    algorithm: str,
    by: str,
    inner: str,
    interval_s: int,
    counts_zero: bool,
    recovery: str,
    source: RecordedSeries,
) -> None:
    """Anomalies at every minute are the shares that the reference counts window by window."""
    season = ", seasonality='hourly'" if algorithm != "basic" else ""
    query = (
        f"avg(last_30m):anomalies({inner.replace('%s', by)}, '{algorithm}', 2, direction='both', interval={interval_s}"
        f", alert_window='last_10m', count_default_zero='{str(counts_zero).lower()}'{season}) >= 0.5"
    )
    options = {
        "thresholds": {"critical": 0.5, "critical_recovery": 0.1},
        "threshold_windows": {"trigger_window": "last_10m", "recovery_window": recovery},
    }
    definition = {"type": "query alert", "query": query, "options": options}
    start, end = START + 3 * 3600, START + 4 * 3600 + 600

    expected = replay_by_minute(definition, source, start, end)

    assert replay_monitor(definition, source, start, end).transitions == expected.transitions


def test_the_state_machine_is_called_only_where_something_happens() -> None:
    """A day of one-minute samples with one alert needs a handful of calls."""
    values = [1.0] * 700 + [20.0] * 10 + [1.0] * 730
    source = recorded([Series("m", frozenset(), [START + 60 * index for index in range(1440)], values)])
    definition = {"type": "query alert", "query": "avg(last_5m):avg:m{*} > 10", "options": {"renotify_interval": 5}}

    found = replay_monitor(definition, source, START, START + 86_400)

    assert found.evaluations == 1440
    assert found.calls < 10
    assert [change.current for change in found.transitions] == ["OK", "Alert", "Alert", "OK"]
