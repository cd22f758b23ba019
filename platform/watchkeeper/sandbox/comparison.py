"""How what a replay brought differs from what was expected of it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from watchkeeper.sandbox.expectation import Expectation, Row, is_pattern, span_of
from watchkeeper.timeline import TimelineEvent

_MINUTE_S: Final = 60
_TITLES: Final[Mapping[str, str]] = {
    "pages": "page",
    "slack": "message to Slack",
    "scaling": "scaling activity",
    "deployments": "end of a deployment",
    "promotions": "promotion",
    "alerts": "alert",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay brought. start_s: Unix seconds. alerts: at, monitor and group. states: of every monitor."""

    start_s: int
    events: Sequence[TimelineEvent]
    alerts: Sequence[tuple[int, str, tuple[str, ...]]]
    states: Mapping[str, str]


def differences(expected: Expectation, outcome: Outcome) -> list[str]:
    """One line for each thing that is missing, that was not expected, or that came otherwise; empty when all is so."""
    seen = _seen(outcome)
    told: list[str] = []
    for section, title in _TITLES.items():
        told += _compared(title, expected.rows(section), seen[section])
    for monitor, state in sorted(outcome.states.items()):
        wanted = expected.states.get(monitor, "OK")
        if state != wanted:
            told.append(f"state of {monitor}: expected {wanted}, seen {state}")
    unknown = sorted(set(expected.states) - set(outcome.states))
    return told + [f"state of {monitor}: there is no such monitor" for monitor in unknown]


def _seen(outcome: Outcome) -> Mapping[str, list[Row]]:
    rows: dict[str, list[Row]] = {name: [] for name in _TITLES}
    for event in outcome.events:
        found = _row_of(event)
        if found is not None:
            section, row = found
            rows[section].append({"at": _after(event.at, outcome.start_s), **row})
    for at, monitor, group in outcome.alerts:
        rows["alerts"].append({"at": _after(at, outcome.start_s), "monitor": monitor, "group": ",".join(group)})
    return rows


def _row_of(event: TimelineEvent) -> tuple[str, Row] | None:
    """The list that an event belongs to, and its row there; None for what no list tells."""
    detail = event.detail
    if event.kind == "page":
        names = detail.get("assignees")
        assignee = ", ".join(map(str, names)) if isinstance(names, list) else ""
        return "pages", {"status": str(detail["status"]), "service": str(detail["service"]), "assignee": assignee}
    if event.kind == "notification" and event.source.startswith("slack-") and detail["status"] == "sent":
        return "slack", {"channel": event.source, "text": event.title.removesuffix(f", to {event.source}")}
    if event.kind == "scaling":
        counts = {"before": str(detail["from"]), "after": str(detail["to"])}
        return "scaling", {"service": event.service, **counts, "policy": str(detail.get("policy", ""))}
    if event.kind == "deploy" and "outcome" in detail:
        return "deployments", {"service": event.service, "outcome": str(detail["outcome"])}
    if event.kind == "failover" and "to" in detail:
        return "promotions", {"before": str(detail["from"]), "after": str(detail["to"])}
    return None


def _after(at: int, start_s: int) -> str:
    return f"+{(at - start_s) // _MINUTE_S}m"


def _compared(title: str, expected: Sequence[Row], seen: Sequence[Row]) -> Iterator[str]:
    """As many rows as possible find a partner: one with a wide span leaves the narrow ones theirs."""
    partner: dict[int, int] = {}
    for index in range(len(expected)):
        _find_partner(index, expected, seen, partner, set())
    with_partner = set(partner.values())
    yield from (f"missing {title}: {_text(row)}" for index, row in enumerate(expected) if index not in with_partner)
    yield from (f"unexpected {title}: {_text(row)}" for index, row in enumerate(seen) if index not in partner)


def _find_partner(
    index: int, expected: Sequence[Row], seen: Sequence[Row], partner: dict[int, int], asked: set[int]
) -> bool:
    """Give the expected row a seen one, if need be one whose partner finds another. partner: of each seen row."""
    for other, row in enumerate(seen):
        if other in asked or not _fits(expected[index], row):
            continue
        asked.add(other)
        if other not in partner or _find_partner(partner[other], expected, seen, partner, asked):
            partner[other] = index
            return True
    return False


def _fits(row: Row, seen: Row) -> bool:
    return all(_within(text, seen[name]) if name == "at" else _equals(text, seen[name]) for name, text in row.items())


def _within(text: str, seen: str) -> bool:
    span = span_of(text)
    return span is not None and span[0] <= int(seen[1:-1]) <= span[1]


def _equals(text: str, seen: str) -> bool:
    return re.fullmatch(text[1:-1], seen) is not None if is_pattern(text) else text == seen


def _text(row: Row) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items() if value)
