"""Figures of a backtest as people read them. Pure."""

from collections.abc import Sequence
from typing import Any

from watchkeeper.monitors.backtest.labels import Incident, Score, score
from watchkeeper.monitors.backtest.outcome import Outcome, totals


def counted(count: int, what: str) -> str:
    """`1 page`, `3 pages`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def span_text(seconds: int) -> str:
    """`3d 4h`, `2h 5m`, `7m`, `0m`."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes = rest // 60
    if days:
        return f"{days}d {hours}h"
    return f"{hours}h {minutes}m" if hours else f"{minutes}m"


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


def joint_score(found: Sequence[Outcome], incidents: Sequence[Incident]) -> Score | None:
    """Of several monitors together: pages and incidents are added up."""
    scores = [score(outcome, incidents) for outcome in found]
    if not scores or not incidents:
        return None
    return Score(
        pages=sum(each.pages for each in scores),
        true_pages=sum(each.true_pages for each in scores),
        incidents=sum(each.incidents for each in scores),
        found=sum(each.found for each in scores),
        delays_s=tuple(delay for each in scores for delay in each.delays_s),
    )


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
    days = max(1, round(period_s / 86_400))
    period = f"{days} days" if days > 1 else "one day"
    pages = counted(pages_now, "page")
    if pages_now == pages_before:
        return f"This change would have sent {pages} in {period}, as many as before."
    return f"This change would have sent {pages} instead of {pages_before} in {period}."
