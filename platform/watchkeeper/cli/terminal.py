"""How findings, errors and tables look on a terminal. Colour only there, and never with NO_COLOR."""

import os
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from watchkeeper.errors import ConfigError, Problem, WatchkeeperError, visible

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "bold": "1", "dim": "2"}
_WIDTH = 160
_SEVERITY = {"error": "red", "warning": "yellow", "info": "blue"}


def colour(text: str, name: str, stream: TextIO | None = None) -> str:
    """`text` in a colour, if the stream is a terminal that wants it."""
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR") or not stream.isatty():
        return text
    return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m"


def print_error(err: WatchkeeperError) -> None:
    """An error on stderr: the sentence, the place, the mend."""
    if isinstance(err, ConfigError):
        print_problems(err.problems, err.root, sys.stderr)
        count = len(err.problems)
        print(f"{count} problem{'s' if count != 1 else ''} found", file=sys.stderr)
        return
    print(f"{colour('error', 'red', sys.stderr)}: {err}", file=sys.stderr)
    fix = getattr(err, "fix", "")
    if fix:
        print(f"  fix: {fix}", file=sys.stderr)


def print_problems(problems: Sequence[Problem], root: Path, stream: TextIO) -> None:
    """Findings with their source line and a caret."""
    lines: dict[tuple[str, int], str | None] = {}
    for problem in problems:
        severity = colour(problem.severity, _SEVERITY[problem.severity], stream)
        rule = f" [{problem.rule}]" if problem.rule else ""
        if problem.where is None:
            print(f"{severity}: {visible(problem.what)}{rule}", file=stream)
        else:
            print(f"{problem.where}: {severity}: {visible(problem.what)}{rule}", file=stream)
            source = _source_line(problem.where.file, problem.where.line, root, lines)
            if source is not None:
                gutter = f"{problem.where.line:>5} | "
                shown, column = _cropped(source, problem.where.column - 1)
                print(f"{gutter}{shown}", file=stream)
                print(f"{' ' * (len(gutter) + column)}{colour('^', 'bold', stream)}", file=stream)
        if problem.fix:
            print(f"      fix: {problem.fix}", file=stream)


def _cropped(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, and the column inside of it; tabs become spaces."""
    line = visible(line)
    begin = max(0, min(column - _WIDTH // 2, len(line) - _WIDTH))
    shown = line[begin : begin + _WIDTH]
    before, after = "…" if begin else "", "…" if begin + _WIDTH < len(line) else ""
    return f"{before}{shown}{after}", column - begin + len(before)


def _source_line(file: str, line: int, root: Path, seen: dict[tuple[str, int], str | None]) -> str | None:
    if (file, line) not in seen:
        seen[file, line] = _line_of(root / file, line)
    return seen[file, line]


def _line_of(file: Path, line: int) -> str | None:
    """A line of a file as far as it is needed: a recording may have gigabytes. None where it is no text."""
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            text = next(islice(lines, line - 1, line), None) if line > 0 else None
    except OSError:
        return None
    shown = None if text is None else text.rstrip("\r\n")
    is_binary = shown is not None and any(char < " " and char != "\t" for char in shown)
    return None if is_binary else shown


def table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """Left-aligned columns under a header."""
    widths = [max(len(row[index]) for row in [header, *rows]) for index in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    head = "  ".join(cell.ljust(width) for cell, width in zip(header, widths, strict=True)).rstrip()
    return "\n".join([colour(head, "bold"), *lines])
