"""Plain values to typed, frozen ones, with every problem named at its place.

The types are ordinary frozen dataclasses; pydantic checks what comes in from outside and is not seen behind this page.
"""

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.project.source import Document, KeyPath

T = TypeVar("T")
Locate = Callable[[KeyPath, bool], Location]
"""The place of the value at a path, or (second argument true) of its key."""

STRICT = {"extra": "forbid", "strict": True}
"""`__pydantic_config__` of a type that is read from a file: unknown keys and wrong types are errors."""


def locate_in(*layers: tuple[Document, KeyPath]) -> Locate:
    """Where a merged value stands: the first layer in which it exists, else the deepest place of the first."""

    def locate(path: KeyPath, key: bool) -> Location:  # noqa: FBT001 - the shape of Locate
        best: tuple[int, Location] | None = None
        for document, base in layers:
            place, depth = document.find((*base, *path), key=key)
            if best is None or depth - len(base) > best[0]:
                best = (depth - len(base), place)
        assert best is not None
        return best[1]

    return locate


def validate(kind: type[T], data: object, locate: Locate, *, what: str = "") -> T:
    """`data` as a value of the dataclass `kind`. Raises ConfigError with all problems.

    what: names the thing in messages, e.g. "environment `prod`".
    """
    from pydantic import ValidationError  # noqa: PLC0415 - costs 80 ms, and `--help` needs none of it

    try:
        return typing.cast("T", _adapter(kind).validate_json(json.dumps(data)))
    except ValidationError as err:
        problems = [_problem(kind, details, locate, what) for details in err.errors(include_url=False)]
        raise ConfigError(problems) from None


_ADAPTERS: Final[dict[type, Any]] = {}


def _adapter(kind: type) -> Any:  # noqa: ANN401 - pydantic's TypeAdapter, kept out of the module's imports
    from pydantic import TypeAdapter  # noqa: PLC0415

    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _problem(kind: type, details: Mapping[str, Any], locate: Locate, what: str) -> Problem:
    path: KeyPath = tuple(details["loc"])
    name = str(path[-1]) if path else what
    in_what = f" in {what}" if what else ""
    problem = details["type"]
    if problem in ("extra_forbidden", "unexpected_keyword_argument"):
        known = _known_keys(kind, path[:-1])
        fix = did_you_mean(name, known) or f"known keys: {', '.join(sorted(known))}"
        return Problem(f"unknown key `{name}`{in_what}", locate(path, True), fix=fix, rule="unknown-key")
    if problem in ("missing", "missing_argument"):
        text = f"`{name}` is missing{in_what}"
        return Problem(text, locate(path[:-1], True), fix=f"add `{name}:`", rule="missing-key")
    if problem in ("literal_error", "enum"):
        allowed = [part.strip("'\" ") for part in _alternatives(details["ctx"]["expected"])]
        given = str(details["input"])
        fix = did_you_mean(given, allowed) or f"one of: {', '.join(allowed)}"
        return Problem(f"`{name}` cannot be `{given}`{in_what}", locate(path, False), fix=fix, rule="wrong-value")
    subject, fix = f"`{name}`{in_what}", _fix(problem)
    if not path:
        subject, fix = f"{what} as a whole", f"begin with one of its keys: {', '.join(sorted(_known_keys(kind, ())))}"
    return Problem(f"{subject}: {_plain(details)}", locate(path, False), fix=fix, rule="wrong-value")


def _alternatives(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").split(", ")


def _plain(details: Mapping[str, Any]) -> str:
    message = str(details["msg"])
    message = message.replace("Input should be a valid ", "must be a ").replace("Input should be ", "must be ")
    message = message.replace("must be a integer", "must be a whole number")
    message = (
        message.replace("dictionary", "mapping")
        .replace("must be an object", "must be a mapping")
        .replace("Value error, ", "")
    )
    given = details.get("input")
    if isinstance(given, Mapping):
        shown = "a mapping"
    elif isinstance(given, Sequence) and not isinstance(given, str):
        shown = "a list"
    elif given is None:
        shown = "nothing"
    else:
        shown = f"`{given}`"
    return f"{message}, not {shown}" if "must be" in message else message


def _fix(problem: str) -> str:
    if problem == "string_type":
        return "quote the value"
    if problem in ("int_type", "int_from_float", "float_type"):
        return "write a number without quotes"
    if problem == "bool_type":
        return "write true or false"
    return ""


def _known_keys(kind: object, path: Iterable[str | int]) -> list[str]:
    for step in path:
        kind = _inner(kind, step)
    kind = _without_none(kind)
    return [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []


def _inner(kind: object, step: str | int) -> object:
    kind = _without_none(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return typing.get_type_hints(kind).get(str(step))
    arguments = [argument for argument in typing.get_args(kind) if argument is not Ellipsis]
    return arguments[-1] if arguments else None


def _without_none(kind: object) -> object:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _without_none(typing.get_args(kind)[0])
    if origin is types.UnionType or origin is typing.Union:
        rest = [argument for argument in typing.get_args(kind) if argument is not type(None)]
        return _without_none(rest[0]) if len(rest) == 1 else kind
    return kind
