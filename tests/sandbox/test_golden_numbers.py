"""The figures that Datadog's documentation gives, out of the live sandbox: it has no evaluator of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.monitors.composite_table import COMPOSITE_TABLE
from watchkeeper.monitors.rules import State
from watchkeeper.query.series import Kind
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.app import DatadogSandbox

START = 1_764_000_000 // 86_400 * 86_400
VALUES: Mapping[str, float | None] = {"Alert": 20, "Warn": 7, "OK": 1, "No Data": None}


def sandbox(*definitions: Mapping[str, Any]) -> DatadogSandbox:
    """With these monitors, whose ids are 1, 2, 3..."""
    datadog = DatadogSandbox(Clock(START), api_key="key", app_key="app")
    for number, definition in enumerate(definitions, start=1):
        body = {"id": number, "name": "m", "type": "query alert", "message": "", "tags": [], "options": {}}
        datadog.store.put("monitor", str(number), {**body, **definition}, number)
    return datadog


def put(
    datadog: DatadogSandbox, metric: str, values: Sequence[float | None], kind: Kind = "gauge", step_s: int = 60
) -> None:
    for index, value in enumerate(values):
        if value is not None:
            datadog.store.series.add(metric, frozenset(), START + step_s * index, value, kind=kind)


def evaluated(datadog: DatadogSandbox, at: int) -> None:
    datadog.clock.now = at
    datadog.evaluate()


@pytest.mark.parametrize(
    ("query", "kind", "expected"),
    [
        ("sum(last_5m):sum:e{*}.as_count() / sum:t{*}.as_count() > 0.5", "count", 0.6),
        ("sum(last_5m):sum:e{*}.as_rate() / sum:t{*}.as_rate() > 0.5", "count", 3.0),
    ],
    ids=["as_count", "as_rate"],
)
def test_as_count_in_monitor_evaluations(query: str, kind: Kind, expected: float) -> None:
    """Page "as_count() in Monitor Evaluations": errors 1 to 5 of 5 requests each are 0.6 with it, 3 without."""
    datadog = sandbox({"query": query})
    put(datadog, "e", [1, 2, 3, 4, 5], kind)
    put(datadog, "t", [5, 5, 5, 5, 5], kind)

    evaluated(datadog, START + 300)

    assert [change.value for _, change in datadog.transitions] == [pytest.approx(expected)]


def test_sparse_division_in_troubleshooting_no_data() -> None:
    """Page "Troubleshooting Monitors, No Data": 10, 10, 10 divided by 0, 1 and nothing sum to 10."""
    datadog = sandbox({"query": "sum(last_3m):sum:a{*} / sum:b{*} > 1"})
    put(datadog, "a", [10, 10, 10])
    put(datadog, "b", [0, 1, None])

    evaluated(datadog, START + 180)

    assert [change.value for _, change in datadog.transitions] == [10]


@pytest.mark.parametrize(("a", "b", "condition", "notifies", "expected"), COMPOSITE_TABLE, ids=str)
def test_the_table_of_composite_monitors(
    a: State, b: State, condition: str, notifies: bool | None, expected: str
) -> None:
    """Page "Composite Monitors": 16 rows. Before, both members alert, so that Alert is the last known state."""
    options = {"thresholds": {"critical": 10, "warning": 5}, "on_missing_data": "show_no_data"}
    members = [{"query": f"max(last_1m):avg:{name}{{*}} > 10", "options": options} for name in ("a", "b")]
    composite = {"type": "composite", "query": condition, "options": {"notify_no_data": bool(notifies)}}
    datadog = sandbox(*members, composite)
    put(datadog, "a", [20, VALUES[a]])
    put(datadog, "b", [20, VALUES[b]])

    evaluated(datadog, START + 60)
    evaluated(datadog, START + 120)

    assert (datadog.state_of(1), datadog.state_of(2)) == (a, b)
    assert datadog.state_of(3) == ("Alert" if expected == "last known" else expected)


@pytest.mark.parametrize(
    ("window", "bucket_s", "buckets"),
    [("last_10m", 60, 10), ("last_1h", 600, 6), ("last_1d", 3600, 24), ("last_1mo", 4 * 3600, 180)],
    ids=str,
)
@pytest.mark.parametrize(("empty", "is_evaluated"), [(3, True), (4, False)], ids=["three-empty", "four-empty"])
def test_the_table_of_full_windows(window: str, bucket_s: int, buckets: int, empty: int, *, is_evaluated: bool) -> None:
    """Page "Configure Monitors": buckets of 1 minute, 10 minutes, 1 hour, 4 hours; three may be empty, four not."""
    definition = {"query": f"avg({window}):avg:m{{*}} > 10", "options": {"require_full_window": True}}
    datadog = sandbox(definition)
    put(datadog, "m", [20.0] * (buckets - empty), step_s=bucket_s)

    evaluated(datadog, START + bucket_s * buckets)

    assert datadog.state_of(1) == ("Alert" if is_evaluated else "No Data")
