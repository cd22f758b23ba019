"""A monitor's title and message as people receive them: Datadog's Handlebars-like language, for one transition.

Source: Datadog documentation, "Notification variables" and "Conditional variables", read 2026-11.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from watchkeeper.monitors.state import State, Transition

_PIECE: Final = re.compile(
    r"\{\{!--.*?--\}\}|\{\{\{\s*(?P<plain>[^{}]+?)\s*\}\}\}|\{\{\s*(?P<inner>[^{}]+?)\s*\}\}", re.DOTALL
)
_WORD: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'|(\S+)")
_MENTION: Final = re.compile(r"(?<![\w.@])@([A-Za-z0-9][A-Za-z0-9_.@+-]*(?:\([^)]*\))?)")
_TITLES: Final[Mapping[State, str]] = {"Alert": "Triggered", "Warn": "Warn", "No Data": "No data", "OK": "Recovered"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent. recipients: the handles in the message, without `@`, in their order."""

    title: str
    message: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    name: str
    arguments: tuple[str, ...]
    is_negated: bool
    then: list["_Node"] = field(default_factory=list)
    otherwise: list["_Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    escapes: bool


_Node = str | _Block | _Variable


class MessageSyntaxError(ValueError):
    """A block that is not closed, or closed but never opened. at: offset in the text."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def render_transition(
    name: str, message: str, transition: Transition, *, tags: Sequence[str] = (), warning: float | None = None
) -> Rendered:
    """Title, message and recipients of a transition. tags: of the scope, they serve `{{key.name}}` too.

    Raises MessageSyntaxError.
    """
    values = _values(transition, tags, warning)
    text = _render(_parse(message), values, transition).strip()
    group = ",".join(transition.group)
    state = "Re-Triggered" if transition.is_renotify else _TITLES[transition.current]
    title = _render(_parse(name), values, transition)
    return Rendered(f"[{state} on {{{group}}}] {title}" if group else f"[{state}] {title}", text, mentions(text))


def mentions(text: str) -> tuple[str, ...]:
    """The handles in a text without their `@`, each once, in their order."""
    return tuple(dict.fromkeys(handle.rstrip(".") for handle in _MENTION.findall(text)))


def check_message(text: str) -> None:
    """Raise MessageSyntaxError when the blocks of a message are not balanced."""
    _parse(text)


def branches_of(text: str) -> list[str]:
    """The parts of a message that only some transitions show, as `{{#is_alert}}` and `{{#is_alert}} else`.

    Raises MessageSyntaxError.
    """
    return [label for label, _ in _branches(_parse(text), lambda _: True)]


def branches_taken(text: str, transition: Transition, *, tags: Sequence[str] = ()) -> set[str]:
    """Those of `branches_of` that a transition shows. Raises MessageSyntaxError."""
    values = _values(transition, tags, None)
    found = _branches(_parse(text), lambda block: _holds(block, values, transition) != block.is_negated)
    return {label for label, is_shown in found if is_shown}


def _branches(nodes: Sequence[_Node], holds: Callable[[_Block], bool]) -> Iterator[tuple[str, bool]]:
    for node in nodes:
        if not isinstance(node, _Block):
            continue
        arguments = "".join(f' "{argument}"' for argument in node.arguments)
        label = f"{{{{{'^' if node.is_negated else '#'}{node.name}{arguments}}}}}"
        is_shown = holds(node)
        if node.then:
            yield label, is_shown
            yield from ((name, is_shown and inner) for name, inner in _branches(node.then, holds))
        if node.otherwise:
            yield f"{label} else", not is_shown
            yield from ((name, inner and not is_shown) for name, inner in _branches(node.otherwise, holds))


def format_value(value: float | None) -> str:
    """A number as Datadog writes it: at most three decimals, none that are zero; empty where there is no value."""
    if value is None:
        return ""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _values(transition: Transition, tags: Sequence[str], warning: float | None) -> dict[str, str]:
    first = transition.first_triggered
    values = {
        "value": format_value(transition.value),
        "threshold": format_value(transition.threshold),
        "warn_threshold": format_value(warning),
        "last_triggered_at": _time(transition.at),
        "last_triggered_at_epoch": str(transition.at * 1000),
        "first_triggered_at": _time(first) if first else "",
        "first_triggered_at_epoch": str(first * 1000) if first else "",
        "triggered_duration_sec": str(transition.at - first) if first else "0",
    }
    values |= {name: format_value(value) for name, value in transition.variables}
    for tag in (*tags, *transition.group):
        key, _, value = tag.partition(":")
        values[f"{key}.name"] = value
    return values


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%a %b %d %Y %H:%M:%S UTC")


def _parse(text: str) -> list[_Node]:
    root: list[_Node] = []
    targets: list[list[_Node]] = [root]
    opened: list[tuple[_Block, int]] = []
    for kind, content, at in pieces(text):
        if kind in ("text", "variable", "plain"):
            targets[-1].append(content if kind == "text" else _Variable(content, kind == "variable"))
        elif kind == "open":
            words = [first or second or third for first, second, third in _WORD.findall(content[1:])]
            if not words:
                raise MessageSyntaxError("a block without a name", at)
            block = _Block(words[0], tuple(words[1:]), content[0] == "^")
            targets[-1].append(block)
            targets.append(block.then)
            opened.append((block, at))
        elif kind == "else":
            if not opened:
                raise MessageSyntaxError("`{{else}}` outside of a block", at)
            targets[-1] = opened[-1][0].otherwise
        else:
            name = content[1:].strip()
            if not opened or opened[-1][0].name != name:
                open_name = f"; `{opened[-1][0].name}` is open" if opened else ""
                raise MessageSyntaxError(f"`{{{{/{name}}}}}` closes nothing{open_name}", at)
            opened.pop()
            targets.pop()
    if opened:
        block, at = opened[-1]
        raise MessageSyntaxError(f"`{{{{#{block.name}}}}}` is never closed", at)
    return root


def pieces(text: str) -> Iterator[tuple[str, str, int]]:
    """A message in parts: kind (text, variable, plain, open, else, close), content, and where it begins."""
    at = 0
    for match in _PIECE.finditer(text):
        if match.start() > at:
            yield "text", text[at : match.start()], at
        at = match.end()
        inner = match["inner"]
        if match["plain"] is not None:
            yield "plain", match["plain"], match.start()
        elif inner is not None:
            kind = {"#": "open", "^": "open", "/": "close"}.get(inner[0], "else" if inner == "else" else "variable")
            yield kind, inner, match.start()
    if at < len(text):
        yield "text", text[at:], at


def _render(nodes: Sequence[_Node], values: Mapping[str, str], transition: Transition) -> str:
    parts = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, _Variable):
            # A name with dots stands in brackets: {{[a.b].name}}. An unknown one is empty.
            text = values.get(node.name.replace("[", "").replace("]", ""), "")
            parts.append(html.escape(text, quote=False) if node.escapes else text)
        else:
            holds = _holds(node, values, transition) != node.is_negated
            parts.append(_render(node.then if holds else node.otherwise, values, transition))
    return "".join(parts)


_CONDITIONS: Final[Mapping[str, Callable[[Transition], bool]]] = {
    "is_alert": lambda change: change.current == "Alert",
    "is_warning": lambda change: change.current == "Warn",
    "is_no_data": lambda change: change.current == "No Data",
    "is_recovery": lambda change: change.current == "OK",
    "is_alert_recovery": lambda change: change.current == "OK" and change.previous == "Alert",
    "is_warning_recovery": lambda change: change.current == "OK" and change.previous == "Warn",
    "is_no_data_recovery": lambda change: change.current == "OK" and change.previous == "No Data",
    "is_alert_to_warning": lambda change: change.current == "Warn" and change.previous == "Alert",
    "is_warning_to_alert": lambda change: change.current == "Alert" and change.previous == "Warn",
    "is_renotify": lambda change: change.is_renotify,
}


def _holds(block: _Block, values: Mapping[str, str], transition: Transition) -> bool:
    if block.name in _CONDITIONS:
        return _CONDITIONS[block.name](transition)
    if block.name in ("is_match", "is_exact_match") and block.arguments:
        value = values.get(block.arguments[0], "")
        wanted = block.arguments[1:]
        if block.name == "is_exact_match":
            return value in wanted
        # An empty text asks whether there is a value at all.
        return any(text in value if text else bool(value) for text in wanted)
    return False
