"""Comments that switch a rule off: `# monitors: disable rule-id until 2026-12-31 the reason`.

Above a monitor or inside of it the comment counts for that monitor, above `monitors:` for the whole file.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from watchkeeper.errors import Location, Problem, did_you_mean
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.project.placing import index_of, line_and_column
from watchkeeper.project.source import parse_document

UNUSED: Final = "disable-unused"
EXPIRED: Final = "disable-expired"
MALFORMED: Final = "disable-malformed"

_COMMENT: Final = re.compile(
    r"#[ \t]*monitors:[ \t]*disable\b[ \t]*(?P<rules>[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)?"
    r"(?:[ \t]+until[ \t]+(?P<until>\S+))?[ \t]*(?P<reason>[^\n]*)"
)


@dataclass(frozen=True, slots=True)
class Control:
    """One comment. at: its index in the file. anchor: index of what it stands above or beside, which it counts for.

    until: the last day, as it is written; empty for ever.
    """

    where: Location
    at: int
    anchor: int
    rules: tuple[str, ...]
    until: str
    reason: str


Found = tuple[Problem, Subject | None]


def controls_in(file: str, text: str) -> list[Control]:
    """The comments of a YAML file, in their order; the same words inside of a text are none."""
    if "disable" not in text or _COMMENT.search(text) is None:
        return []
    texts = list(_texts(parse_document(text, file).root, text))
    found = []
    for match in _COMMENT.finditer(text):
        if any(begin <= match.start() < end for begin, end in texts):
            continue
        line_start = text.rfind("\n", 0, match.start()) + 1
        is_alone = not text[line_start : match.start()].strip()
        anchor = _next_content(text, match.end()) if is_alone else line_start
        rules = tuple(name.strip() for name in (match["rules"] or "").split(",") if name.strip())
        where = Location(file, *line_and_column(text, match.start()))
        found.append(Control(where, match.start(), anchor, rules, match["until"] or "", match["reason"].strip()))
    return found


def _next_content(text: str, at: int) -> int:
    """The first character of the next line that is neither blank nor a comment."""
    for match in re.finditer(r"^[ \t]*([^\s#])", text[at:], re.MULTILINE):
        return at + match.start(1)
    return len(text)


def _texts(node: Node | None, text: str) -> Iterator[tuple[int, int]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _texts(key, text)
            yield from _texts(value, text)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _texts(item, text)
    elif isinstance(node, ScalarNode) and node.style:
        begin, end = node.start_mark, node.end_mark
        begin_at = index_of(text, begin.line, begin.column)
        # A block's text begins on the next line; a comment may stand beside its sign.
        first = text.find("\n", begin_at) if node.style in "|>" else begin_at
        last = index_of(text, end.line, end.column)
        if node.style in "|>":
            last = begin_at + len(text[begin_at:last].rstrip()) if text[begin_at:last].rstrip() else last
            last = _block_end(text, first + 1, last)
        yield first, last


def _block_end(text: str, begin: int, end: int) -> int:
    """Where a block's own lines end; the parser counts the comments below it as the block's."""
    first = re.match(r"(?:[ \t]*\n)*([ ]+)", text[begin:end])
    indent = len(first[1]) if first else 0
    at = begin
    for line in text[begin:end].splitlines(keepends=True):
        if line.strip() and len(line) - len(line.lstrip(" ")) < indent:
            return at
        at += len(line)
    return end


def silence(
    found: Sequence[Found],
    controls: Sequence[Control],
    subjects: Sequence[Subject],
    known_rules: Collection[str],
    today: date,
) -> tuple[list[bool], list[Problem]]:
    """For each finding whether it is kept, and what is to be said about the comments themselves."""
    kept = [True] * len(found)
    remarks: list[Problem] = []
    for control in controls:
        wrong = list(_malformed(control, known_rules))
        if wrong:
            remarks += wrong
            continue
        is_expired = bool(control.until) and date.fromisoformat(control.until) < today
        if is_expired:
            what = f"this has been switched on again since {control.until}"
            remarks.append(_remark(control, what, "mend the finding, or give a later day and a reason", EXPIRED))
            continue
        scope = _scope(control, subjects)
        used: set[str] = set()
        for index, (problem, subject) in enumerate(found):
            if problem.rule in control.rules and subject is not None and id(subject) in scope:
                kept[index] = False
                used.add(problem.rule)
        if scope:
            remarks += [
                _remark(control, f"`{rule}` finds nothing here", "remove the comment", UNUSED)
                for rule in control.rules
                if rule not in used
            ]
    return kept, remarks


def _scope(control: Control, subjects: Sequence[Subject]) -> set[int]:
    """The monitors that a comment counts for, by identity: one entry of the file, or all of them."""
    here = [subject for subject in subjects if subject.places.file == control.where.file]
    spans = [(subject, subject.places.span(()) or (0, 0)) for subject in here]
    starts = sorted({begin for _, (begin, _) in spans})
    # `- ` stands before the first key of an entry; a comment above it is anchored at the dash.
    owner = max((begin for begin in starts if begin <= control.anchor + 2), default=None)
    if owner is None:
        return {id(subject) for subject in here} if starts and control.anchor < starts[0] else set()
    return {id(subject) for subject, (begin, _) in spans if begin == owner}


def _malformed(control: Control, known_rules: Collection[str]) -> Iterator[Problem]:
    example = "write `# monitors: disable rule-id until YYYY-MM-DD the reason`"
    if not control.rules:
        yield _remark(control, "this names no rule", example, MALFORMED)
    for rule in control.rules:
        if rule not in known_rules:
            fix = did_you_mean(rule, known_rules) or example
            yield _remark(control, f"there is no rule `{rule}`", fix, MALFORMED)
    if control.until:
        try:
            date.fromisoformat(control.until)
        except ValueError:
            yield _remark(control, f"`{control.until}` is no day", example, MALFORMED)
    if control.rules and not control.reason:
        yield _remark(control, "this gives no reason", example, MALFORMED)


def _remark(control: Control, what: str, fix: str, rule: str) -> Problem:
    return Problem(what, control.where, fix=fix, rule=rule, severity="warning")
