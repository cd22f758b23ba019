"""A monitor with other settings: `critical=40,50`, `window=5m,10m`. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

from watchkeeper.errors import ConfigError, Location, UsageError, did_you_mean
from watchkeeper.monitors.alerting import any_query
from watchkeeper.monitors.message import format_value
from watchkeeper.monitors.options import MonitorOptions
from watchkeeper.monitors.subject import Subject
from watchkeeper.project.validate import validate
from watchkeeper.query.forms import (
    ChangeQuery,
    FormulaQuery,
    MonitorQuery,
    SearchQuery,
    SloQuery,
    crosses,
    window_of,
)
from watchkeeper.query.lexer import QuerySyntaxError

_OPTIONS: Final = (
    "evaluation_delay",
    "new_group_delay",
    "no_data_timeframe",
    "on_missing_data",
    "renotify_interval",
    "require_full_window",
    "timeout_h",
)
_Windowed = MonitorQuery | ChangeQuery | SearchQuery | FormulaQuery
_Compared = _Windowed | SloQuery
_THRESHOLDS: Final = ("critical_recovery", "warning", "warning_recovery")
NAMES: Final = ("critical", "window", *_THRESHOLDS, *_OPTIONS)
IN_UNITS: Final = ("critical", *_THRESHOLDS)
"""Settings in the unit of the monitor's own value: what they do to monitors of different units cannot be added up."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting and the values that are tried."""

    name: str
    values: tuple[str, ...]


def parse_trial(text: str) -> Trial:
    """Of `critical=40,50,60`. Raises UsageError."""
    name, sign, values = text.partition("=")
    if name not in NAMES:
        raise UsageError(f"--try: `{name}` cannot be tried", did_you_mean(name, NAMES) or f"one of: {', '.join(NAMES)}")
    found = tuple(dict.fromkeys(value.strip() for value in values.split(",") if value.strip()))
    if not sign or not found:
        raise UsageError(f"--try: `{text}` names no value", f"write --try {name}=40,50,60")
    for value in found:
        _check_value(name, value)
    return Trial(name, found)


def _check_value(name: str, value: str) -> None:
    """Raise UsageError for what no monitor can have."""
    if name == "window" and window_of(value) is None:
        raise UsageError(f"--try: `{value}` is not a window", "write 5m, 1h or 1d")
    if name in IN_UNITS:
        _number(name, value)
    if name in _OPTIONS:
        _option(name, value)


def merged(trials: Sequence[Trial]) -> list[Trial]:
    """One trial a name: what is given twice is given together."""
    values: dict[str, dict[str, None]] = {}
    for trial in trials:
        values.setdefault(trial.name, {}).update(dict.fromkeys(trial.values))
    return [Trial(name, tuple(found)) for name, found in values.items()]


def combinations(trials: Sequence[Trial]) -> Iterator[Mapping[str, str]]:
    """Every value of each with every value of the others."""
    for values in product(*(trial.values for trial in trials)):
        yield dict(zip((trial.name for trial in trials), values, strict=True))


def variant_text(settings: Mapping[str, str]) -> str:
    """`critical=40 window=5m`."""
    return " ".join(f"{name}={value}" for name, value in settings.items())


def with_settings(subject: Subject, settings: Mapping[str, str]) -> Subject:
    """The same monitor with other settings. Raises UsageError where it cannot have them."""
    query = any_query(subject.definition)
    text = str(subject.definition["query"])
    options = dict(subject.definition.get("options") or {})
    thresholds = dict(options.get("thresholds") or {})
    if {"critical", "window"} & settings.keys():
        if not isinstance(query, _Compared):
            raise UsageError(f"`{subject.id}` has no threshold and no window in its query", "try an option instead")
        text = _with_query(query, text, settings)
    for name, value in settings.items():
        if name == "critical" or name in _THRESHOLDS:
            thresholds[name] = _number(name, value)
        elif name in _OPTIONS:
            options[name] = _option(name, value)
    if thresholds:
        options["thresholds"] = thresholds
    definition = {**subject.definition, "query": text, "options": options}
    changed = replace(subject, definition=definition)
    try:
        _check(changed, thresholds)
    except QuerySyntaxError as err:
        raise UsageError(f"--try {variant_text(settings)}: {err}", err.fix) from err
    return changed


def _with_query(query: _Compared, text: str, settings: Mapping[str, str]) -> str:
    # From the end to the beginning, so that offsets stay true.
    if "critical" in settings:
        text = text[: query.comparison.value_at] + settings["critical"]
    if "window" in settings:
        window = window_of(settings["window"])
        assert window is not None
        if isinstance(query, SloQuery):
            raise UsageError("--try: a burn rate has two windows, which belong together", "try critical instead")
        at, end = query.window.at, query.window.end
        written = text[at:end]
        is_quoted = written[:1] in "\"'"
        is_search = isinstance(query, SearchQuery | FormulaQuery)
        new = settings["window"] if is_search else window.text
        text = text[:at] + (f"{written[0]}{new}{written[-1]}" if is_quoted else new) + text[end:]
    return text


def _number(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"--try: `{value}` is no number", f"write --try {name}=40,50")
    return number


def _option(name: str, value: str) -> Any:  # noqa: ANN401 - options are JSON values
    given: object = value == "true" if value in ("true", "false") else value
    if value.lstrip("-").isdigit():
        given = int(value)
    try:
        found = validate(MonitorOptions, {name: given}, lambda _path, _key: Location("--try"))
    except ConfigError as err:
        raise UsageError(f"--try: {err.problems[0].what}", err.problems[0].fix or "try another value") from err
    return getattr(found, name)


def _check(subject: Subject, thresholds: Mapping[str, Any]) -> None:
    """Raise UsageError for thresholds that Datadog would refuse."""
    query = any_query(subject.definition)
    if not isinstance(query, _Compared):
        return
    for name in ("warning", "critical_recovery"):
        value = thresholds.get(name)
        if value is not None and crosses(query.comparator, float(value), query.threshold):
            shown = f"{name} {format_value(float(value))} lies beyond critical {format_value(query.threshold)}"
            raise UsageError(f"`{subject.id}`: {shown}", f"try {name} as well: --try {name}=...")
