"""The series notation of monitor tests, after promtool's: `0x10 40+2x5 _ 7`."""

import re
from collections.abc import Sequence
from typing import Final

MAX_SAMPLES: Final = 100_000
"""Of one series: a typing error in a repetition must not fill the memory."""

_NUMBER: Final = r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_ITEM: Final = re.compile(rf"(?P<start>[-+]?{_NUMBER})(?:(?P<sign>[-+])(?P<step>{_NUMBER}))?(?:x(?P<times>\d+))?")
_MISSING: Final = re.compile(r"_(?:x(?P<times>\d+))?")
_NAMED: Final = re.compile(r"(?P<name>[A-Za-z]+?|_)(?:x(?P<times>\d+))?")
_WORD: Final = re.compile(r"\S+")
_PART: Final = re.compile(r"(\d+)(d|h|m|s)")
_UNITS: Final = {"d": 86_400, "h": 3600, "m": 60, "s": 1}


class NotationError(ValueError):
    """at: offset in the text. fix: how to write it."""

    def __init__(self, what: str, at: int, fix: str) -> None:
        super().__init__(what)
        self.at = at
        self.fix = fix


def parse_values(text: str) -> list[float | None]:
    """The samples that a notation stands for; None is a missing one.

    `axN` and `a+bxN` are N + 1 samples, `_xN` is N missing ones, all as in promtool. Raises NotationError.
    """
    found: list[float | None] = []
    for word in _WORD.finditer(text):
        missing = _MISSING.fullmatch(word[0])
        item = _ITEM.fullmatch(word[0])
        times = int((missing or item or {"times": None})["times"] or 0)
        if len(found) + times >= MAX_SAMPLES:
            raise NotationError(f"more than {MAX_SAMPLES:,} samples", word.start(), "repeat fewer times")
        if missing:
            found += [None] * (times if missing["times"] else 1)
            continue
        if item is None or (item["step"] and not item["times"]):
            raise NotationError(f"`{word[0]}` is not a sample", word.start(), _fix(word[0]))
        start = float(item["start"])
        step = float(item["step"] or 0) * (-1 if item["sign"] == "-" else 1)
        found += [start + step * index for index in range(times + 1)]
    return found


def _fix(word: str) -> str:
    if "*" in word:
        return "repeat with `x`: 5x10"
    if "," in word:
        return "separate samples by blanks"
    return "write 5, 5x10, 0+2x10, 9-1x5, _ or _x3"


def parse_words(text: str, words: Sequence[str]) -> list[float | None]:
    """The numbers of words, in any case and with the same repetition: `OKx5 CRITICALx2 _`. Raises NotationError."""
    found: list[float | None] = []
    for word in _WORD.finditer(text):
        match = _NAMED.fullmatch(word[0])
        name = match["name"].upper() if match else ""
        if match is None or (name != "_" and name not in words):
            fix = f"use {', '.join(words)} or _, repeated with x: {words[0]}x5"
            raise NotationError(f"`{word[0]}` is none of {', '.join(words)}", word.start(), fix)
        times = int(match["times"] or 0)
        if len(found) + times >= MAX_SAMPLES:
            raise NotationError(f"more than {MAX_SAMPLES:,} samples", word.start(), "repeat fewer times")
        if name == "_":
            found += [None] * (times if match["times"] else 1)
        else:
            found += [float(words.index(name))] * (times + 1)
    return found


def parse_duration_s(text: str) -> int:
    """Seconds of `90s`, `12m`, `1h30m`, `2d`. Raises NotationError."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise NotationError(f"`{text}` is not a duration", 0, "write 90s, 12m, 1h30m or 2d")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def duration_text(seconds: int) -> str:
    """`1h30m` of 5400; `0m` of nothing."""
    text = ""
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size)
        text += f"{count}{unit}" if count else ""
    return text or "0m"
