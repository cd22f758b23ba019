"""Figures of a backtest as people read them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from watchkeeper.monitors.backtest.labels import Score
from watchkeeper.monitors.backtest.outcome import Outcome, totals
from watchkeeper.timeline import utc_text

DAY_S: Final = 86_400


def counted(count: int, what: str) -> str:
    """`1 page`, `3 pages`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def span_text(seconds: int) -> str:
    """`3d 4h`, `2h 5m`, `7m`, `0m`."""
    days, rest = divmod(seconds, DAY_S)
    hours, rest = divmod(rest, 3600)
    minutes = rest // 60
    if days:
        return f"{days}d {hours}h"
    return f"{hours}h {minutes}m" if hours else f"{minutes}m"


def samples_text(rows: int, dropped: int, unasked: Mapping[str, int]) -> str:
    """`387,604 samples, 2 of them dropped, 60 of 1 metric that no monitor asks for`."""
    text = counted(rows, "sample")
    if dropped:
        text += f", {dropped:,} of them dropped"
    if unasked:
        text += f", {sum(unasked.values()):,} of {counted(len(unasked), 'metric')} that no monitor asks for"
    return text


def period_text(seconds: int) -> str:
    """`30 days`, `one day`, `2h 5m`."""
    days = round(seconds / DAY_S)
    if seconds < DAY_S:
        return span_text(seconds)
    return f"{days} days" if days > 1 else "one day"


def longest_text(outcome: Outcome) -> str:
    """`52m from 2025-11-04T02:02:00Z`; empty where it never alerted."""
    longest = outcome.longest
    return f"{span_text(longest[2])} from {utc_text(longest[1])}" if longest else ""


def silent_text(outcomes: Sequence[Outcome]) -> str:
    """Which monitors never had data; empty where all had some."""
    silent = [each.label for each in outcomes if not each.had_data]
    return f"{counted(len(silent), 'monitor')} never had data: {', '.join(silent)}" if silent else ""


def uncalled_text(outcomes: Sequence[Outcome]) -> str:
    """How many pages are read and call nobody; empty where all of them call."""
    pages = sum(each.pages for each in outcomes if not each.calls_somebody)
    return f"{counted(pages, 'page')} of monitors that do not call anybody" if pages else ""


def score_cells(found: Score | None) -> list[str]:
    """Precision, recall and delay as people read them."""
    if found is None:
        return ["", "", ""]
    precision, recall, delay = found.precision, found.recall, found.median_delay_s
    return [
        "-" if precision is None else f"{precision:.2f} ({found.true_pages}/{found.pages})",
        "-" if recall is None else f"{recall:.2f} ({found.found}/{found.incidents})",
        "-" if delay is None else span_text(int(delay)),
    ]


def comparison(now: Sequence[Outcome], before: Sequence[Outcome]) -> list[dict[str, Any]]:
    """For each monitor its figures now and at the base; one that did not exist has None."""
    then = {each.monitor: each for each in before}
    today = {each.monitor: each for each in now}
    return [
        {
            "id": name,
            "before": totals([then[name]]) if name in then else None,
            "now": totals([today[name]]) if name in today else None,
        }
        for name in dict.fromkeys([*today, *then])
    ]


def change_sentence(now: Sequence[Outcome], before: Sequence[Outcome], period_s: int) -> str:
    """What a change would have meant, such as `This change would have sent 3 pages instead of 41 in 30 days.`."""
    pages_now, pages_before = totals(now)["pages"], totals(before)["pages"]
    period = period_text(period_s)
    pages = counted(pages_now, "page")
    if pages_now == pages_before:
        return f"This change would have sent {pages} in {period}, as many as before."
    return f"This change would have sent {pages} instead of {pages_before} in {period}."
