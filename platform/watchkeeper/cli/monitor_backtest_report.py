"""What a backtest found, as people read it: on a terminal, and as Markdown for a pull request."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from watchkeeper.cli.terminal import colour, table
from watchkeeper.commands.monitors.backtest import Answer
from watchkeeper.monitors.backtest.outcome import Outcome, pages_by_hour, totals
from watchkeeper.monitors.backtest.variants import SCORES, Trials, header, trials_of
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

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BARS = 30


def answer_lines(answer: Answer) -> Iterator[str]:
    """The report as people read it on a terminal."""
    period = period_text(answer.end - answer.start)
    samples = samples_text(answer.rows, answer.dropped, answer.unasked)
    yield f"{utc_text(answer.start)} to {utc_text(answer.end)}, {period}, {samples}"
    if answer.dropped:
        yield colour("the messages above say what was dropped, and why", "yellow")
    if answer.is_partial:
        yield colour(f"PARTIAL: {answer.partial_text}", "red")
    yield ""
    yield from _monitor_table(answer)
    for name, lines in (
        ("Pages by hour of the week, UTC", list(_week_lines(answer))),
        ("Woken first", list(_woken_lines(answer))),
        ("What if", list(_variant_lines(answer))),
        (f"Against {answer.base}", list(_base_lines(answer))),
    ):
        if lines:
            yield ""
            yield colour(name, "bold")
            yield from lines
    for note in _notes(answer):
        yield colour(f"note: {note}", "yellow")


def _notes(answer: Answer) -> list[str]:
    """What of the monitors is approximated, each sentence once."""
    return list(dict.fromkeys(f"{each.monitor}: {note}" for each in answer.outcomes for note in each.notes))


def _monitor_table(answer: Answer) -> Iterator[str]:
    names = ["monitor", "pages", "warnings", "repeats", "in alert", "flaps", "longest alert"]
    if answer.incidents:
        names += SCORES
    rows = []
    heard = [each for each in answer.outcomes if each.had_data]
    for outcome in sorted(heard, key=lambda each: (-each.pages, -each.warnings, each.monitor)):
        row = [
            outcome.label,
            str(outcome.pages),
            str(outcome.warnings),
            str(outcome.repeats),
            span_text(outcome.alert_s),
            str(outcome.flaps),
            longest_text(outcome),
        ]
        rows.append([*row, *scored(outcome, answer)])
    if rows:
        yield table(rows, names)
    silent = silent_text(answer.outcomes)
    if silent:
        yield colour(silent, "yellow")
    sums = totals(answer.outcomes)
    groups = sum(len(each.groups) for each in answer.outcomes)
    yield (
        f"{counted(len(answer.outcomes), 'monitor')}, {counted(groups, 'group')}: {counted(sums['pages'], 'page')}, "
        f"{counted(sums['warnings'], 'warning')}, {span_text(sums['alert_s'])} in alert, "
        f"{counted(sums['flaps'], 'flap')}"
    )


def scored(outcome: Outcome, answer: Answer) -> list[str]:
    """Precision, recall and delay; nothing without labels."""
    return score_cells(answer.score(outcome)) if answer.incidents else []


def _week_lines(answer: Answer) -> Iterator[str]:
    counts = pages_by_hour(at for each in answer.outcomes for at in each.page_times)
    if not any(map(any, counts)):
        return
    width = max(2, *(len(str(count)) for row in counts for count in row)) + 1
    yield "     " + "".join(f"{hour:>{width}}" for hour in range(24))
    for day, row in zip(_DAYS, counts, strict=True):
        yield f"  {day}" + "".join(f"{count or '.':>{width}}" for count in row)


def _woken_lines(answer: Answer) -> Iterator[str]:
    yield from _bars(answer.woken)
    uncalled = uncalled_text(answer.outcomes)
    if uncalled:
        yield f"  {uncalled}"


def _bars(counts: Mapping[str, int]) -> Iterator[str]:
    most = max(counts.values(), default=0)
    width = max(map(len, counts), default=0)
    for name, count in counts.items():
        yield f"  {name:<{width}} {count:>5} {'#' * max(1, round(count / most * _BARS))}"


def _variant_lines(answer: Answer) -> Iterator[str]:
    tables = trials_of(answer.outcomes, answer.variants, answer.incidents)
    for number, trials in enumerate(tables):
        if len(tables) > 1:
            yield from ([""] if number else [])
            yield f"  {colour(trials.monitor, 'bold')}"
        yield from (f"  {line}" for line in _trial_lines(trials, answer))


def _trial_lines(trials: Trials, answer: Answer) -> list[str]:
    most = max(1, *(row.pages for row in trials.rows))
    rows = [[*row.cells, "#" * round(row.pages / most * _BARS)] for row in trials.rows]
    return table(rows, [*header(answer.incidents), ""]).splitlines()


def _base_lines(answer: Answer) -> Iterator[str]:
    if not answer.base:
        return
    yield f"  {change_sentence(answer.outcomes, answer.before, answer.end - answer.start)}"
    rows = [_base_cells(each) for each in comparison(answer.outcomes, answer.before) if each["before"] != each["now"]]
    if rows:
        yield from (f"  {line}" for line in table(rows, ("monitor", "pages", "warnings", "in alert")).splitlines())
    same = len(comparison(answer.outcomes, answer.before)) - len(rows)
    yield f"  {counted(same, 'monitor')} would have done the same"


def _base_cells(each: Mapping[str, Any]) -> list[str]:
    before, now = each["before"], each["now"]
    if before is None or now is None:
        found = now or before
        state = "new" if before is None else "removed"
        return [f"{each['id']} ({state})", str(found["pages"]), str(found["warnings"]), span_text(found["alert_s"])]
    return [
        each["id"],
        f"{before['pages']} -> {now['pages']}",
        f"{before['warnings']} -> {now['warnings']}",
        f"{span_text(before['alert_s'])} -> {span_text(now['alert_s'])}",
    ]


def markdown(answer: Answer) -> str:
    """For a pull request: the sentence, and the monitors that differ; without a base all of them."""
    lines = ["### Monitors on recorded series", ""]
    if answer.is_partial:
        lines += [f"**Partial**: {answer.partial_text}.", ""]
    names = ["monitor", "pages", "warnings", "in alert"]
    if answer.base:
        lines += [f"**{change_sentence(answer.outcomes, answer.before, answer.end - answer.start)}**", ""]
        rows = [
            _base_cells(each) for each in comparison(answer.outcomes, answer.before) if each["before"] != each["now"]
        ]
    else:
        sums = totals(answer.outcomes)
        pages, warnings = counted(sums["pages"], "page"), counted(sums["warnings"], "warning")
        lines += [f"{pages}, {warnings}, {span_text(sums['alert_s'])} in alert.", ""]
        rows = [
            [each.label, str(each.pages), str(each.warnings), span_text(each.alert_s), *scored(each, answer)]
            for each in answer.outcomes
        ]
        names += SCORES if answer.incidents else ()
    if rows:
        lines += [*_rows(names, rows), ""]
    for trials in trials_of(answer.outcomes, answer.variants, answer.incidents):
        tried = [row.cells for row in trials.rows]
        lines += [f"What if: {trials.monitor}", "", *_rows(header(answer.incidents), tried), ""]
    samples = samples_text(answer.rows, answer.dropped, answer.unasked)
    lines.append(f"{utc_text(answer.start)} to {utc_text(answer.end)}, {samples}.")
    lines += [f"\nNote: {note}." for note in _notes(answer)]
    return "\n".join(lines) + "\n"


def _rows(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_row(names), _row(["---"] * len(names)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
