"""A monitor with other settings."""

from typing import Any

import pytest

from watchkeeper.errors import UsageError
from watchkeeper.monitors.alerting import any_query
from watchkeeper.monitors.backtest.what_if import combinations, parse_trial, variant_text, with_settings
from watchkeeper.monitors.subject import Subject


def subject(query: str, monitor_type: str = "query alert", **options: Any) -> Subject:
    definition = {"type": monitor_type, "query": query, "options": options}
    return Subject(id="m", declaration="m", env="", definition=definition)


METRIC = subject("avg(last_5m):avg:m{a:b} > 10", thresholds={"critical": 10, "warning": 5})


def test_every_value_is_tried_with_every_other() -> None:
    """Two by two are four."""
    trials = [parse_trial("critical=40,50"), parse_trial("window=5m, 10m")]

    assert [variant_text(each) for each in combinations(trials)] == [
        "critical=40 window=5m",
        "critical=40 window=10m",
        "critical=50 window=5m",
        "critical=50 window=10m",
    ]


@pytest.mark.parametrize(
    ("monitor", "settings", "query"),
    [
        (METRIC, {"critical": "40", "window": "1h"}, "avg(last_1h):avg:m{a:b} > 40"),
        (
            subject("change(avg(last_5m),last_1h):avg:m{*} < -3"),
            {"critical": "-7", "window": "15m"},
            "change(avg(last_15m),last_1h):avg:m{*} < -7",
        ),
        (
            subject('logs("a > 1").index("*").rollup("count").last("5m") >= 10', "log alert"),
            {"critical": "3", "window": "1h"},
            'logs("a > 1").index("*").rollup("count").last("1h") >= 3',
        ),
    ],
    ids=["metric", "change", "logs"],
)
def test_threshold_and_window_are_changed_in_the_query(monitor: Subject, settings: dict[str, str], query: str) -> None:
    """At their places; the rest stays as it was written. The option says the same."""
    changed = with_settings(monitor, settings).definition

    assert changed["query"] == query
    assert changed["options"]["thresholds"]["critical"] == any_query(changed).threshold  # type: ignore[union-attr]


def test_options_are_tried_by_their_names() -> None:
    """Numbers, words and booleans."""
    settings = {"on_missing_data": "resolve", "require_full_window": "true", "evaluation_delay": "60"}
    options = with_settings(METRIC, settings).definition["options"]

    assert {name: options[name] for name in settings} == {
        "on_missing_data": "resolve",
        "require_full_window": True,
        "evaluation_delay": 60,
    }


@pytest.mark.parametrize(
    "text",
    [
        "critcal=4", "critical", "critical=", "critical=x", "critical=inf", "critical=nan", "critical=1_0",
        "window=5 minutes", "window=99d", "warning=20", "on_missing_data=bogus", "require_full_window=maybe",
        "evaluation_delay=-4", "evaluation_delay=1.5", "timeout_h=25",
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_tried_says_why(text: str) -> None:
    """Unknown names, no value, no number, no window, a warning beyond the alert, what Datadog does not take."""
    with pytest.raises(UsageError) as caught:
        with_settings(METRIC, next(combinations([parse_trial(text)])))

    assert caught.value.fix


def test_a_composite_has_no_threshold_to_try() -> None:
    """Nor has a service check."""
    with pytest.raises(UsageError):
        with_settings(subject("1 && 2", "composite"), {"critical": "1"})
