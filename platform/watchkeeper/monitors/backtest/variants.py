"""What other settings would have done, a row for each monitor and setting. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from watchkeeper.monitors.backtest.labels import Incident, joint_score
from watchkeeper.monitors.backtest.outcome import Outcome, totals
from watchkeeper.monitors.backtest.what_if import IN_UNITS
from watchkeeper.monitors.backtest.wording import score_cells, span_text

DECLARED: Final = "as declared"
TOGETHER: Final = "all monitors"
HEADER: Final = ("settings", "pages", "warnings", "in alert", "flaps")
SCORES: Final = ("precision", "recall", "delay")


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: its name, the pages, and all cells as people read them."""

    settings: str
    pages: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Trials:
    """What was tried with one monitor, or with all together. The first row is what is declared."""

    monitor: str
    rows: Sequence[Row]


def adds_up(variants: Mapping[str, Sequence[Outcome]]) -> bool:
    """Whether figures of several monitors may be added: a window is the same for all of them, a threshold is not."""
    return not any(pair.partition("=")[0] in IN_UNITS for name in variants for pair in name.split(" "))


def trials_of(
    declared: Sequence[Outcome], variants: Mapping[str, Sequence[Outcome]], incidents: Sequence[Incident] = ()
) -> list[Trials]:
    """A table for each monitor that had data, most pages first; before them their sums, where these mean something."""
    if not variants:
        return []
    # An interrupt may leave a setting without the monitor as it is declared.
    labels = {each.monitor: each.label for found in (declared, *variants.values()) for each in found if each.had_data}
    if not labels:
        labels = {each.monitor: each.label for found in (declared, *variants.values()) for each in found}
    pages = {each.monitor: each.pages for each in declared}
    found = []
    if len(labels) > 1 and adds_up(variants):
        found.append(Trials(TOGETHER, _rows(declared, variants, incidents)))
    for name in sorted(labels, key=lambda each: (-pages.get(each, 0), each)):
        own = {settings: [each for each in tried if each.monitor == name] for settings, tried in variants.items()}
        rows = _rows([each for each in declared if each.monitor == name], own, incidents)
        found.append(Trials(labels[name], rows))
    return found


def header(incidents: Sequence[Incident]) -> list[str]:
    """Above the cells of a row."""
    return [*HEADER, *(SCORES if incidents else ())]


def _rows(
    declared: Sequence[Outcome], variants: Mapping[str, Sequence[Outcome]], incidents: Sequence[Incident]
) -> list[Row]:
    named = {DECLARED: declared, **variants}
    return [_row(name, found, incidents) for name, found in named.items() if found]


def _row(name: str, found: Sequence[Outcome], incidents: Sequence[Incident]) -> Row:
    sums = totals(found)
    cells = [name, str(sums["pages"]), str(sums["warnings"]), span_text(sums["alert_s"]), str(sums["flaps"])]
    scores = score_cells(joint_score(found, incidents)) if incidents else []
    return Row(name, sums["pages"], [*cells, *scores])
