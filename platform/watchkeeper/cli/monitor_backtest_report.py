"""What a backtest found, as people read it: on a terminal, and as Markdown for a pull request."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from watchkeeper.cli.terminal import colour, table
from watchkeeper.commands.monitors.backtest import Answer
from watchkeeper.monitors.backtest.outcome import Outcome, pages_by_hour, totals
from watchkeeper.monitors.backtest.wording import (
    change_sentence,
    comparison,
    counted,
    joint_score,
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
        yield colour(f"PARTIAL: interrupted after {answer.done} of {answer.jobs} runs", "red")
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
    header = ["monitor", "pages", "warnings", "repeats", "in alert", "flaps", "longest alert"]
    if answer.incidents:
        header += ["precision", "recall", "delay"]
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
        found = answer.score(outcome)
        rows.append([*row, *score_cells(found)] if answer.incidents else row)
    if rows:
        yield table(rows, header)
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
    if not answer.variants:
        return
    header = ["settings", "pages", "warnings", "in alert", "flaps"]
    if answer.incidents:
        header += ["precision", "recall", "delay"]
    rows = [_variant_row("as declared", answer.outcomes, answer)]
    rows += [_variant_row(name, found, answer) for name, found in answer.variants.items()]
    most = max(int(row[1]) for row in rows)
    lines = table(rows, header).splitlines()
    yield f"  {lines[0]}"
    for line, row in zip(lines[1:], rows, strict=True):
        yield f"  {line:<{len(max(lines, key=len))}}  {'#' * round(int(row[1]) / max(1, most) * _BARS)}".rstrip()


def _variant_row(name: str, found: Sequence[Outcome], answer: Answer) -> list[str]:
    sums = totals(found)
    row = [name, str(sums["pages"]), str(sums["warnings"]), span_text(sums["alert_s"]), str(sums["flaps"])]
    return [*row, *score_cells(joint_score(found, answer.incidents))] if answer.incidents else row


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
        lines += [f"**Partial**: interrupted after {answer.done} of {answer.jobs} runs.", ""]
    if answer.base:
        lines += [f"**{change_sentence(answer.outcomes, answer.before, answer.end - answer.start)}**", ""]
        rows = [
            _base_cells(each) for each in comparison(answer.outcomes, answer.before) if each["before"] != each["now"]
        ]
        header = ["monitor", "pages", "warnings", "in alert"]
    else:
        sums = totals(answer.outcomes)
        pages, warnings = counted(sums["pages"], "page"), counted(sums["warnings"], "warning")
        lines += [f"{pages}, {warnings}, {span_text(sums['alert_s'])} in alert.", ""]
        rows = [[each.label, str(each.pages), str(each.warnings), span_text(each.alert_s)] for each in answer.outcomes]
        header = ["monitor", "pages", "warnings", "in alert"]
    if rows:
        lines += [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows), ""]
    samples = samples_text(answer.rows, answer.dropped, answer.unasked)
    lines.append(f"{utc_text(answer.start)} to {utc_text(answer.end)}, {samples}.")
    lines += [f"\nNote: {note}." for note in _notes(answer)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
