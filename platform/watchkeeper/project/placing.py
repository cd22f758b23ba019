"""Where a character of a value stands in the file it was read from: offsets of rendered text back to source text.

Pure functions over text; indexes and offsets count characters from 0, lines and columns from 1.
"""

import re
from typing import Final

_UNIT: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_JINJA: Final = re.compile(r"<<.*?>>|<%.*?%>|<#.*?#>", re.DOTALL)


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """Line and column of the character at `index`."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def index_of(text: str, line: int, column: int) -> int:
    """The index of a place that is counted from 0, as parsers do."""
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
        if at == 0:
            return len(text)
    return min(at + column, len(text))


def source_index(
    source: str, begin: int, end: int, value: str, offset: int, *, doubles_quotes: bool = False
) -> int | None:
    r"""The index in `source` of the character `offset` of the scalar `value` that stands at `begin`..`end`.

    White space is free: folding, indentation and line breaks differ between a YAML scalar and its text. Escapes of
    quoted scalars are stepped over. doubles_quotes: `'` is written twice. None where the two do not agree.
    """
    at = begin
    for place, letter in enumerate(value[: offset + 1]):
        if letter.isspace():
            continue
        while at < end and source[at].isspace():
            at += 1
        if at < end and source[at] == "\\" and letter != "\\":
            at = _after_escapes(source, at, end)
            width = _unicode_escape(source, at, letter)
            if width and place < offset:
                at += width
                continue
            if width:
                return at - 1
        elif letter == "\\" and source[at : at + 2] == "\\\\":
            at += 1
        if at >= end or source[at] != letter:
            return None
        if place == offset:
            return at
        at += 2 if doubles_quotes and letter == "'" else 1
    return at if at <= end else None


def _unicode_escape(source: str, at: int, letter: str) -> int:
    """How many characters the escape that spells `letter` takes from its `u` at `at` on; 0 where there is none."""
    if at < 1 or source[at - 1] != "\\" or source[at : at + 1] not in ("u", "U"):
        return 0
    units = re.match(r"u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?", source[at : at + 11])
    if units is None:
        return 0
    return 11 if ord(letter) > 0xFFFF and units[2] else 5  # noqa: PLR2004 - beyond the plane of one escape


def _after_escapes(source: str, at: int, end: int) -> int:
    r"""Past `\n`, `\t`, `\u00a0`, escaped line breaks and the backslash of `\"`."""
    while at < end and source[at] == "\\":
        unit = _UNIT.match(source, at)
        if unit and chr(int(unit[1], 16)).isspace():
            at = unit.end()
        else:
            at += 2 if source[at + 1 : at + 2] in ("n", "t", "r", "\n") else 1
        while at < end and source[at].isspace():
            at += 1
    return at


def template_offset(template: str, rendered: str, offset: int) -> tuple[int, bool] | None:
    """The offset in a template of the character `offset` of what it rendered to, and whether it is literal there.

    A character that an expression produced is placed at the expression. None where the template has statements
    (`<% %>`), which may repeat or drop text.
    """
    if "<%" in template:
        return None
    shift = len(template) - len(template.lstrip()) if template[:1].isspace() and not rendered[:1].isspace() else 0
    literal_at, at = shift, 0
    previous: int | None = None
    for match in [*_JINJA.finditer(template), None]:
        literal = template[literal_at : match.start() if match else len(template)]
        literal = literal if match else literal.rstrip() if rendered[-1:].strip() else literal
        found = rendered.find(literal, at) if previous is not None else (0 if rendered.startswith(literal) else -1)
        if match is None and previous is not None and rendered.endswith(literal):
            found = max(len(rendered) - len(literal), at)
        if found < 0:
            return None
        if previous is not None and offset < found:
            return previous, False
        if offset < found + len(literal):
            return literal_at + offset - found, True
        at = found + len(literal)
        if match is None:
            return len(template.rstrip()), True
        previous, literal_at = match.start(), match.end()
    return None
