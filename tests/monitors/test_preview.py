"""What people would receive, before a monitor has ever fired."""

from typing import Any

import pytest

from watchkeeper.monitors.preview import names_of, sample_notice
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.forms import crosses

AT = 1_764_000_000


def subject(query: str = "avg(last_5m):avg:m{*} by {host} > 10", **options: Any) -> Subject:
    definition = {
        "name": "load on {{host.name}}",
        "type": "query alert",
        "query": query,
        "message": "{{#is_alert}}{{value}} is over {{threshold}}{{else}}over: {{value}}{{/is_alert}}",
        "tags": ["env:prod"],
        "options": options,
    }
    return Subject(id="m", declaration="m", env="prod", definition=definition, reaches=("slack:team",))


def test_a_preview_shows_title_message_and_recipients() -> None:
    """With a made-up group and a value that fits."""
    notice = sample_notice(subject(), "alert", AT)

    assert notice.rendered is not None
    assert notice.rendered.title == "[Triggered on {host:example}] load on example"
    assert (notice.rendered.message, notice.reaches) == ("12 is over 10", ("slack:team",))


def test_a_monitor_previews_what_it_tells_people() -> None:
    """Warnings, silence and repetitions only where it is set up for them."""
    assert names_of(subject()) == ["alert", "recovery"]
    assert names_of(
        subject(
            thresholds={"critical": 10, "warning": 5}, on_missing_data="show_and_notify_no_data", renotify_interval=5
        )
    ) == ["alert", "warning", "no-data", "renotify", "recovery"]


@pytest.mark.parametrize("comparator", [">", ">=", "<", "<=", "==", "!="])
def test_sample_values_are_true_to_the_comparator(comparator: Any) -> None:
    """The alert's value crosses the threshold, the recovery's does not."""
    monitor = subject(f"avg(last_5m):avg:m{{*}} {comparator} 10")
    alert, recovery = (sample_notice(monitor, name, AT).transition.value for name in ("alert", "recovery"))

    assert alert is not None
    assert recovery is not None
    assert crosses(comparator, alert, 10)
    assert not crosses(comparator, recovery, 10)


def test_group_and_value_may_be_given() -> None:
    """As somebody remembers them from last night."""
    rendered = sample_notice(subject(), "alert", AT, group=("host:web-1",), value=99).rendered

    assert rendered is not None
    assert (rendered.title, rendered.message) == ("[Triggered on {host:web-1}] load on web-1", "99 is over 10")


def test_a_bundle_is_previewed_with_its_own_keys() -> None:
    """Nobody hears of a single pod where `notify_by` names the cluster."""
    monitor = subject("avg(last_5m):avg:m{*} by {cluster,pod} > 10", notify_by=["cluster"])

    rendered = sample_notice(monitor, "alert", AT).rendered

    assert rendered is not None
    assert rendered.title == "[Triggered on {cluster:example}] load on "


def test_a_computed_threshold_is_previewed_as_100() -> None:
    """Before there is data it has no number."""
    monitor = subject("avg(last_5m):avg:m{*} > threshold", thresholds={"critical_query": 'formula("a").last("1d")'})

    rendered = sample_notice(monitor, "alert", AT).rendered

    assert rendered is not None
    assert rendered.message == "120 is over 100"
