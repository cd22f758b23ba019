"""The answer of a backtest as a page."""

from collections.abc import Sequence
from typing import Final

from watchkeeper.commands.monitors.backtest import Answer
from watchkeeper.dashboards.backtest import BacktestPage, MonitorChart, Variants, backtest_page
from watchkeeper.monitors.backtest.outcome import Outcome, pages_by_hour, totals
from watchkeeper.monitors.backtest.variants import SCORES, header, trials_of
from watchkeeper.monitors.backtest.wording import (
    change_sentence,
    comparison,
    counted,
    longest_text,
    period_text,
    samples_text,
    score_cells,
    silent_text,
    span_text,
    uncalled_text,
)
from watchkeeper.timeline import utc_text

CHARTS: Final = 24
"""Monitors that are drawn: those with most pages."""
_COLUMNS: Final = 360
"""What a chart can tell apart."""
_MONITOR_HEADER: Final = ("monitor", "pages", "warnings", "repeats", "in alert", "flaps", "longest alert")


def answer_page(answer: Answer) -> str:
    """One HTML file that needs nothing else."""
    sums = totals(answer.outcomes)
    pages, warnings = counted(sums["pages"], "page"), counted(sums["warnings"], "warning")
    lead = f"{pages} and {warnings} in {period_text(answer.end - answer.start)}."
    if answer.base:
        lead = change_sentence(answer.outcomes, answer.before, answer.end - answer.start)
    heard = [each for each in answer.outcomes if each.had_data]
    ranked = sorted(heard, key=lambda each: (-each.pages, -each.alert_s, each.monitor))
    return backtest_page(
        BacktestPage(
            title="Monitors on recorded series",
            lead=lead,
            start=answer.start,
            end=answer.end,
            facts={
                "From": utc_text(answer.start),
                "To": utc_text(answer.end),
                "Series": samples_text(answer.rows, answer.dropped, answer.unasked),
                "Time in alert": span_text(sums["alert_s"]),
                "Flaps": str(sums["flaps"]),
            },
            table=(
                [*_MONITOR_HEADER, *(SCORES if answer.incidents else ())],
                [_monitor_row(each, answer) for each in ranked],
            ),
            silent=silent_text(answer.outcomes),
            charts=[_chart(each, answer) for each in ranked[:CHARTS] if each.curve],
            week=pages_by_hour(at for each in answer.outcomes for at in each.page_times),
            woken=answer.woken,
            uncalled=uncalled_text(answer.outcomes),
            variants=[
                Variants(each.monitor, [row.cells for row in each.rows], [row.pages for row in each.rows])
                for each in trials_of(answer.outcomes, answer.variants, answer.incidents)
            ],
            variant_header=header(answer.incidents),
            changes=_changes(answer),
            problems=[f"{problem.where}: {problem.what}" for problem in answer.problems],
            notes=list(dict.fromkeys(f"{each.monitor}: {note}" for each in answer.outcomes for note in each.notes)),
            warning=f"Partial: {answer.partial_text}." if answer.is_partial else "",
        )
    )


def merged(spans: Sequence[tuple[int, int]], gap_s: int) -> list[tuple[int, int]]:
    """Ascending spans, those with less than the gap between them as one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start - found[-1][1] <= gap_s:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _monitor_row(outcome: Outcome, answer: Answer) -> list[str]:
    counts = (outcome.pages, outcome.warnings, outcome.repeats)
    rest = (span_text(outcome.alert_s), str(outcome.flaps), longest_text(outcome))
    scores = score_cells(answer.score(outcome)) if answer.incidents else ()
    return [outcome.label, *map(str, counts), *rest, *scores]


def _chart(outcome: Outcome, answer: Answer) -> MonitorChart:
    return MonitorChart(
        title=outcome.label,
        group=",".join(outcome.curve_group),
        comparator=outcome.comparator,
        points=outcome.curve,
        thresholds=outcome.thresholds,
        alerts=merged(
            [
                (alert.start, outcome.end if alert.end is None else alert.end)
                for alert in outcome.alerts
                if alert.group == outcome.curve_group
            ],
            (outcome.end - outcome.start) // _COLUMNS,
        ),
        incidents=[(each.start, each.end) for each in answer.incidents if each.monitor in ("", outcome.monitor)],
    )


def _changes(answer: Answer) -> tuple[list[str], list[list[str]]]:
    rows = []
    for each in comparison(answer.outcomes, answer.before) if answer.base else ():
        before, now = each["before"], each["now"]
        if before != now:
            pages = ["-" if side is None else str(side["pages"]) for side in (before, now)]
            alert = ["-" if side is None else span_text(side["alert_s"]) for side in (before, now)]
            rows.append([each["id"], *pages, *alert])
    return ["monitor", "pages before", "pages now", "in alert before", "in alert now"], rows
