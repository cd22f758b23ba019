"""Labelled incidents, and how well a monitor finds them. Pure."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import median
from typing import Any, Final

from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.monitors.backtest.outcome import Alert, Outcome
from watchkeeper.monitors.subject import Subject

_COLUMNS: Final = ("start", "end")
_KNOWN: Final = (*_COLUMNS, "name", "monitor")
_NO_INSTANT_S: Final = 253_402_300_800
"""The year 10000."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that was bad from start to end, Unix seconds. monitor: the one that should find it; empty for any."""

    start: int
    end: int
    name: str = ""
    monitor: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """How a monitor's pages fit the incidents.

    true_pages: alerts that overlap an incident. found: incidents that an alert overlaps. delays_s: for each of those
    the seconds from its beginning to the alert, 0 where that was there before.
    """

    pages: int
    true_pages: int
    incidents: int
    found: int
    delays_s: tuple[int, ...]

    @property
    def precision(self) -> float | None:
        """Share of the pages that were about an incident; None without a page."""
        return self.true_pages / self.pages if self.pages else None

    @property
    def recall(self) -> float | None:
        """Share of the incidents that were found; None without an incident."""
        return self.found / self.incidents if self.incidents else None

    @property
    def median_delay_s(self) -> float | None:
        """Of the incidents that were found."""
        return median(self.delays_s) if self.delays_s else None

    def to_json(self) -> dict[str, Any]:
        """Plain values for the JSON answer."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "delay_s": self.median_delay_s,
            "max_delay_s": max(self.delays_s, default=None),
            "pages": self.pages,
            "true_pages": self.true_pages,
            "incidents": self.incidents,
            "found": self.found,
        }


def score(outcome: Outcome, incidents: Iterable[Incident]) -> Score:
    """Of one monitor, in the period that was played."""
    return score_of(outcome.alerts, outcome, incidents)


def score_of(alerts: Sequence[Alert], outcome: Outcome, incidents: Iterable[Incident]) -> Score:
    """Of some of a monitor's alerts. Incidents of other monitors and outside of the period do not count."""
    return _score([(outcome, alert) for alert in alerts], [outcome], incidents)


def joint_score(outcomes: Sequence[Outcome], incidents: Iterable[Incident]) -> Score:
    """Of monitors together: an incident is found as soon as the first of them alerts."""
    return _score([(outcome, alert) for outcome in outcomes for alert in outcome.alerts], outcomes, incidents)


def _score(
    alerts: Sequence[tuple[Outcome, Alert]], outcomes: Sequence[Outcome], incidents: Iterable[Incident]
) -> Score:
    mine = [each for each in incidents if any(is_asked(each, outcome) for outcome in outcomes)]
    hits = [
        (number, alert.start, each)
        for number, (outcome, alert) in enumerate(alerts)
        for each in mine
        if is_asked(each, outcome) and _overlap(alert, each, outcome.end)
    ]
    delays = []
    for incident in mine:
        starts = [start for _, start, each in hits if each is incident]
        if starts:
            delays.append(max(0, min(starts) - incident.start))
    return Score(len(alerts), len({number for number, _, _ in hits}), len(mine), len(delays), tuple(delays))


def is_asked(incident: Incident, outcome: Outcome) -> bool:
    """Whether a monitor is expected to find an incident: it lies in the period, and names no other monitor."""
    is_its = incident.monitor in ("", outcome.monitor, outcome.declaration)
    return is_its and incident.start <= outcome.end and incident.end > outcome.start


def unused_labels(
    incidents: Sequence[Incident], file: str, subjects: Sequence[Subject], start: int, end: int
) -> list[Problem]:
    """What of the labels counts for no monitor that is played, and why."""
    where = Location(file.partition("#")[0])
    found = []
    if not incidents:
        found.append(Problem("the labels name no incident", where, "without one there is no precision and no recall"))
    outside = sum(not (each.start <= end and each.end > start) for each in incidents)
    if outside:
        what = f"{outside} of {len(incidents)} incidents lie outside of the period, and do not count"
        found.append(Problem(what, where, "take a longer period, or leave them out"))
    known = {name for each in subjects for name in (each.id, each.declaration)}
    for name in dict.fromkeys(each.monitor for each in incidents):
        if name and name not in known:
            what = f"incidents of `{name}` do not count: it is not played"
            found.append(Problem(what, where, did_you_mean(name, known) or "name a monitor that is played, or none"))
    return [replace(each, rule="labels", severity="warning") for each in found]


def _overlap(alert: Alert, incident: Incident, end: int) -> bool:
    return alert.start <= incident.end and (end if alert.end is None else alert.end) > incident.start


def parse_labels(text: str, file: str, key: str = "") -> list[Incident]:
    """CSV `start,end[,name][,monitor]`, or JSON: a list of `[start, end]` or of objects with those names.

    key: of a JSON object that holds such lists, as the Numenta Anomaly Benchmark has them. Instants are RFC 3339 or
    Unix seconds; without a zone they are UTC. Raises ConfigError with every problem.
    """
    if file.endswith(".json"):
        return _from_json(text, file, key)
    problems: list[Problem] = []
    rows = csv.DictReader(io.StringIO(text))
    names = rows.fieldnames or []
    for name in _COLUMNS:
        if name not in names:
            fix = did_you_mean(name, names) or "the columns are start,end,name,monitor"
            raise ConfigError(Problem(f"the column `{name}` is missing", Location(file), fix=fix))
    found = []
    for row in rows:
        where = Location(file, rows.line_num)
        incident = _incident({name: row.get(name) or "" for name in _KNOWN}, where, problems)
        if incident is not None:
            found.append(incident)
    if problems:
        raise ConfigError(problems)
    return found


def _from_json(text: str, file: str, key: str) -> list[Incident]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as err:
        raise ConfigError(Problem(f"not JSON: {err.msg}", Location(file, err.lineno, err.colno))) from err
    if isinstance(data, Mapping):
        if key not in data:
            fix = did_you_mean(key, data) or f"name one: {file}#{next(iter(data), 'KEY')}"
            what = f"there is no `{key}` in it" if key else "it holds labels of several series"
            raise ConfigError(Problem(what, Location(file), fix=fix))
        data = data[key]
    problems: list[Problem] = []
    found = []
    for number, item in enumerate(data if isinstance(data, list) else [None], start=1):
        pair = {"start": item[0], "end": item[1]} if isinstance(item, list) and len(item) == len(_COLUMNS) else item
        given = pair if isinstance(pair, Mapping) else {"start": f"entry {number}", "end": ""}
        incident = _incident(given, Location(file), problems)
        if incident is not None:
            found.append(incident)
    if problems:
        raise ConfigError(problems)
    return found


def _incident(given: Mapping[str, Any], where: Location, problems: list[Problem]) -> Incident | None:
    instants = []
    for name in _COLUMNS:
        at = parse_instant(str(given.get(name, "")))
        if at is None:
            fix = "write 2026-11-24T03:00:00Z or Unix seconds"
            problems.append(Problem(f"`{given.get(name, '')}` is no instant: {name}", where, fix=fix))
            return None
        instants.append(at)
    if instants[1] < instants[0]:
        problems.append(Problem("the incident ends before it starts", where, fix="exchange start and end"))
        return None
    return Incident(instants[0], instants[1], str(given.get("name") or ""), str(given.get("monitor") or ""))


def parse_instant(text: str) -> int | None:
    """Unix seconds of RFC 3339 (UTC without a zone) or of a number; None for anything else and after the year 9999."""
    try:
        if text.lstrip("-").replace(".", "", 1).isdigit():
            seconds = float(text)
            return int(seconds) if abs(seconds) < _NO_INSTANT_S else None
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
