"""Service checks: a state from consecutive statuses, or from the share of groups that have one. Pure.

A run of a check is a sample of the series that is named after it: 0 OK, 1 warning, 2 critical, 3 unknown.
Source: Datadog documentation, "Service Check Monitor", read 2026-11.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.monitors.rules import Rules, State, bundled_by, renotify_rules
from watchkeeper.query.evaluate import Group
from watchkeeper.query.forms import CheckQuery
from watchkeeper.query.series import Series, SeriesSource

OK, WARNING, CRITICAL, UNKNOWN = range(4)
NO_DATA_S: Final = 24 * 3600
"""How long a check may be silent where the monitor does not say it."""
_EVERYTHING: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRules:
    """How many runs in a row make a state; for a cluster alert the percentage of groups above which it is entered.

    unknown: None where unknown runs change nothing.
    """

    ok: float = 1
    warning: float = 1
    critical: float = 1
    unknown: float | None = None
    no_data_after_s: int = NO_DATA_S
    states: Rules


def group_keys(query: CheckQuery) -> tuple[str, ...]:
    """The keys that make the groups of a check; none where every set of tags is a group, or all are one."""
    keys = tuple(key.strip().lower() for text in query.by for key in text.plain.split(","))
    return () if _EVERYTHING in keys or query.counts == "pct_by_status" else keys


def check_rules(options: Mapping[str, Any], keys: tuple[str, ...] = ()) -> CheckRules:
    """The rules that the options of a service check declare; Datadog's default for a threshold is 1.

    keys: of the groups.
    """
    thresholds = options.get("thresholds") or {}
    unknown = thresholds.get("unknown")
    timeframe = options.get("no_data_timeframe")
    notifies = bool(options.get("notify_no_data"))
    return CheckRules(
        ok=float(thresholds.get("ok") or 1),
        warning=float(thresholds.get("warning") or 1),
        critical=float(thresholds.get("critical") or 1),
        unknown=None if unknown is None else float(unknown),
        no_data_after_s=60 * int(timeframe) if notifies and timeframe else NO_DATA_S,
        states=Rules(
            comparator=">",
            critical=0.0,
            notifies_no_data=notifies,
            bundled_by=bundled_by(options, keys),
            **renotify_rules(options),
        ),
    )


def check_state(rules: CheckRules, before: State, statuses: Sequence[int]) -> State:
    """The state after these runs, oldest first, the latest of them included; worst first, else it stays."""
    wanted: tuple[tuple[int, float | None, State], ...] = (
        (CRITICAL, rules.critical, "Alert"),
        (WARNING, rules.warning, "Warn"),
        (UNKNOWN, rules.unknown, "No Data"),
        (OK, rules.ok, "OK"),
    )
    for status, count, state in wanted:
        if count is not None and _in_a_row(statuses, status) >= count:
            return state
    return before


def _in_a_row(statuses: Sequence[int], status: int) -> int:
    count = 0
    for each in reversed(statuses):
        if each != status:
            break
        count += 1
    return count


def cluster_state(rules: CheckRules, before: State, latest: Sequence[int]) -> State:
    """The state of a cluster alert, from the latest status of every group: shares in percent, above the threshold."""
    if not latest:
        return before
    share = {status: 100 * sum(each == status for each in latest) / len(latest) for status in (WARNING, CRITICAL)}
    if share[CRITICAL] > rules.critical:
        return "Alert"
    if share[WARNING] + share[CRITICAL] > rules.warning:
        return "Warn"
    return "OK"


@dataclass(frozen=True, slots=True)
class CheckRuns:
    """The runs of one group. statuses: the last of them, oldest first. at: when the latest was, Unix seconds."""

    statuses: tuple[int, ...]
    at: int


def runs_of(query: CheckQuery, source: SeriesSource, at: int, *, reach_s: int = NO_DATA_S) -> dict[Group, CheckRuns]:
    """For each group its last runs before `at`, as many as the query looks at.

    reach_s: how far back a run is looked for. A run that lacks one of the keys belongs to no group.
    """
    runs: dict[Group, list[tuple[int, int]]] = {}
    for series in source.select(query.check.plain, at - reach_s, at):
        group = _group(query, series)
        if group is not None and _is_watched(query, series):
            samples = zip(series.timestamps, series.values, strict=True)
            runs.setdefault(group, []).extend((stamp, int(value)) for stamp, value in samples)
    found = {}
    for group, samples_of_group in runs.items():
        last = sorted(samples_of_group)[-query.last :]
        found[group] = CheckRuns(tuple(status for _, status in last), last[-1][0])
    return found


def _is_watched(query: CheckQuery, series: Series) -> bool:
    over = [tag.plain.lower() for tag in query.over]
    is_in = all(tag == _EVERYTHING or tag in series.tags for tag in over)
    return is_in and not any(tag.plain.lower() in series.tags for tag in query.exclude)


def _group(query: CheckQuery, series: Series) -> Group | None:
    keys = [key.strip().lower() for text in query.by for key in text.plain.split(",")]
    group = []
    for key in keys:
        if key == _EVERYTHING:
            return tuple(sorted(series.tags))
        values = series.by_key.get(key)
        if not values:
            return None
        group.append(f"{key}:{values[0]}")
    return tuple(group)
