"""`--fix`: the mechanical changes of findings, made in the text of the files; nothing is written here."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from watchkeeper.monitors.lint.engine import Finding
from watchkeeper.monitors.lint.rule import Edit
from watchkeeper.monitors.lint.subject import Subject, value_at

_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]*")


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """The characters begin..end of a file become `text`."""

    begin: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """texts: the new text of every file that changes. done: the findings that are mended by it."""

    texts: Mapping[str, str]
    done: tuple[Finding, ...]


def fixed(findings: Iterable[Finding], sources: Mapping[str, str]) -> Fixed:
    """The files with every mechanical change that fits; of two changes at one place the first is made.

    sources: the text of the files by name. What a template's expression produced is never changed.
    """
    chosen: dict[str, list[tuple[Replacement, Finding]]] = {}
    for finding in findings:
        if finding.edit is None or finding.subject is None:
            continue
        file = finding.subject.places.file
        change = replacement(finding.subject, finding.edit, sources[file])
        if change is None:
            continue
        others = chosen.setdefault(file, [])
        if any(change == other for other, _ in others) or not any(
            change.begin < other.end and other.begin < change.end for other, _ in others
        ):
            others.append((change, finding))
    texts = {file: _apply(sources[file], {change for change, _ in changes}) for file, changes in chosen.items()}
    return Fixed(texts, tuple(finding for changes in chosen.values() for _, finding in changes))


def replacement(subject: Subject, edit: Edit, source: str) -> Replacement | None:
    """Where an edit stands in the file; None where the value is not written there."""
    if edit.span is not None:
        return _inside(subject, edit, edit.span)
    span = subject.places.span(edit.path, key=edit.to is None)
    if span is None:
        return None
    if edit.to is None:
        return _removal(source, *span)
    written = source[span[0] : span[1]]
    if "<<" in written or "<%" in written:
        return None
    is_quoted = written[:1] in "\"'" or not _PLAIN.fullmatch(edit.to)
    return Replacement(*span, json.dumps(edit.to, ensure_ascii=False) if is_quoted else edit.to)


def _inside(subject: Subject, edit: Edit, span: tuple[int, int]) -> Replacement | None:
    text = subject.declared if edit.path == ("message",) else value_at(subject.body, edit.path)
    if not isinstance(text, str) or edit.to is None:
        return None
    begin = subject.places.index_inside(edit.path, text, span[0])
    last = subject.places.index_inside(edit.path, text, max(span[0], span[1] - 1))
    if begin is None or last is None or not (begin[1] and last[1]):
        return None
    end = last[0] + 1 if span[1] > span[0] else begin[0]
    return Replacement(begin[0], end, edit.to)


def _removal(source: str, begin: int, end: int) -> Replacement:
    """A key with its value: whole lines in a block, with one comma between braces or brackets."""
    line_start = source.rfind("\n", 0, begin) + 1
    before = source[:begin].rstrip()
    after = re.match(r"[ \t\r\n]*,[ \t]*", source[end:])
    if before.endswith(("{", "[", ",")) or after:
        if after:
            return Replacement(begin, end + after.end() + _blank_line(source, begin, end + after.end()), "")
        return Replacement(len(before) - 1 if before.endswith(",") else begin, end, "")
    end = begin + len(source[begin:end].rstrip())
    line_end = source.find("\n", end)
    rest = source[end : line_end if line_end >= 0 else len(source)]
    if source[line_start:begin].strip() or rest.strip().startswith(","):
        return Replacement(begin, end, "")
    return Replacement(line_start, line_end + 1 if line_end >= 0 else len(source), "")


def _blank_line(source: str, begin: int, end: int) -> int:
    """How many characters lead to the next key, when the removed one stood alone on its line."""
    match = re.match(r"\n[ \t]*", source[end:])
    alone = not source[source.rfind("\n", 0, begin) + 1 : begin].strip()
    return match.end() if match and alone else 0


def _apply(source: str, changes: Iterable[Replacement]) -> str:
    for change in sorted(changes, reverse=True):
        source = source[: change.begin] + change.text + source[change.end :]
    return source
