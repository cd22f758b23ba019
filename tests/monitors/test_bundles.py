"""Notices of several groups together: `notify_by` and its predecessor."""

from collections.abc import Collection, Sequence
from typing import Any

from tests.monitors.three_ways import three_ways
from watchkeeper.monitors.downtime import Downtime
from watchkeeper.monitors.state import Transition
from watchkeeper.query.scope import parse_scope
from watchkeeper.query.series import Kind, Series

START = 1_764_000_000
PODS = {"a1": [1, 20, 20, 20, 1, 1, 1], "a2": [1, 1, 20, 20, 20, 1, 1], "b1": [1, 1, 1, 20, 1, 1, 1]}


def pods(metric: str = "m", kind: Kind = "gauge") -> list[Series]:
    """Clusters a and b with their pods, a sample a minute."""
    return [
        Series(metric, frozenset({f"cluster:{pod[0]}", f"pod:{pod}"}), range(START, START + 420, 60), values, kind)
        for pod, values in PODS.items()
    ]


def played(
    definition: dict[str, Any], given: Sequence[Series], downtimes: Collection[Downtime] = ()
) -> tuple[Transition, ...]:
    return three_ways(definition, given, START, START + 420, downtimes)


def told(found: Sequence[Transition]) -> list[tuple[int, str, str]]:
    """(minute, tags, state) of each notice."""
    return [((change.at - START) // 60, ",".join(change.group), change.current) for change in found if change.notifies]


def monitor(**options: Any) -> dict[str, Any]:
    query = "max(last_1m):avg:m{*} by {cluster,pod} > 10"
    return {"type": "query alert", "query": query, "options": {"new_group_delay": 0, **options}}


def test_a_bundle_is_told_of_once_and_recovers_with_its_last_group() -> None:
    """Cluster a alerts with its first pod at minute 2, b at 4; b is well at 5, a when its second pod is, at 6."""
    found = played(monitor(notify_by=["cluster"]), pods())

    assert told(found) == [(2, "cluster:a", "Alert"), (4, "cluster:b", "Alert"), (5, "cluster:b", "OK"),
                           (6, "cluster:a", "OK")]  # fmt: skip
    alerts = [change for change in found if not change.is_bundle and change.current == "Alert"]
    assert [(change.group[1], (change.at - START) // 60) for change in alerts] == [
        ("pod:a1", 2), ("pod:a2", 3), ("pod:b1", 4),
    ]  # fmt: skip


def test_a_star_bundles_all_groups() -> None:
    """The first alert at minute 2, the last recovery at 6."""
    assert told(played(monitor(notify_by=["*"]), pods())) == [(2, "", "Alert"), (6, "", "OK")]


def test_a_repeated_notice_is_the_bundles() -> None:
    """Two minutes after the alert, though no single pod is repeated."""
    found = played(monitor(notify_by=["*"], renotify_interval=2), pods())

    assert told(found) == [(2, "", "Alert"), (4, "", "Alert"), (6, "", "OK")]
    assert [change.is_renotify for change in found if change.notifies] == [False, True, False]


def test_the_predecessor_of_notify_by_bundles_the_groups_of_a_log_monitor() -> None:
    """`groupby_simple_monitor: true` is one alert for all groups."""
    query = 'logs("x").index("*").rollup("count").by("cluster,pod").last("1m") > 10'
    options = {"new_group_delay": 0, "groupby_simple_monitor": True}
    definition = {"type": "log alert", "query": query, "options": options}

    assert told(played(definition, pods('logs("x")', "count"))) == [(2, "", "Alert"), (6, "", "OK")]


def test_all_keys_of_the_query_are_no_bundle() -> None:
    """Every pod tells for itself."""
    found = played(monitor(notify_by=["cluster", "pod"]), pods())

    assert len(told(found)) == 6
    assert not any(change.is_bundle for change in found)


def test_groups_of_a_service_check_are_bundled_too() -> None:
    """One notice for both hosts, when the first of them is down."""
    definition = {
        "type": "service check",
        "query": '"up".over("*").by("cluster","pod").last(1).count_by_status()',
        "options": {"notify_by": ["cluster"]},
    }
    down = [
        Series(each.metric, each.tags, each.timestamps, [2.0 if value > 10 else 0.0 for value in each.values])
        for each in pods("up")
    ]

    assert [(minute, tags) for minute, tags, state in told(played(definition, down)) if state == "Alert"] == [
        (2, "cluster:a"), (4, "cluster:b"),
    ]  # fmt: skip


def downtime(scope: str) -> Downtime:
    return Downtime(scope=parse_scope(scope, (0, len(scope))), start=START, end=START + 3600)


def test_a_downtime_of_one_pod_does_not_mute_the_others() -> None:
    """Pod a1 alerts in silence at minute 2; when a2 follows at 3, its cluster is told of."""
    found = played(monitor(notify_by=["cluster"]), pods(), [downtime("pod:a1")])

    assert [each for each in told(found) if each[1] == "cluster:a"] == [
        (3, "cluster:a", "Alert"), (6, "cluster:a", "OK"),
    ]  # fmt: skip


def test_a_downtime_of_a_cluster_mutes_its_bundle() -> None:
    """Nobody hears of a; b is told of."""
    found = played(monitor(notify_by=["cluster"]), pods(), [downtime("cluster:a")])

    assert told(found) == [(4, "cluster:b", "Alert"), (5, "cluster:b", "OK")]
