"""Faults that are seeded into valid monitors, by text and by JSON alone, without a look at the rules.

A mutator gets a monitor's JSON and gives the faulty one, or None where the fault has no place in it.
"""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

Body = dict[str, Any]
Mutator = Callable[[Body], Body | None]

MUTATORS: Final[dict[str, Mutator]] = {}
"""By the id of the rule that must find the fault."""

END: Final = re.compile(r"(>=|<=|==|!=|>|<)\s*(-?[0-9.]+(?:e[-+]?\d+)?)\s*$")
METRIC: Final = re.compile(r"\b(?:avg|sum|min|max):[A-Za-z_][\w.]*\{[^}]*\}")


def mutator(rule: str) -> Callable[[Mutator], Mutator]:
    """Registers a mutator for a rule; it gets a copy that it may change."""

    def register(function: Mutator) -> Mutator:
        def mutate(body: Body) -> Body | None:
            return function(deepcopy(body)) if is_slo(body) == rule.startswith("slo-") else None

        MUTATORS[rule] = mutate
        return function

    return register


def options(body: Body, **changes: object) -> Body:
    """The monitor with changed options; a value of None takes one away."""
    body["options"] = {**(body.get("options") or {}), **changes}
    body["options"] = {key: value for key, value in body["options"].items() if value is not None}
    return body


def limits(body: Body) -> Mapping[str, Any]:
    """The thresholds."""
    return (body.get("options") or {}).get("thresholds") or {}


def thresholds(body: Body, **changes: object) -> Body:
    """The monitor with changed thresholds."""
    return options(body, thresholds={**limits(body), **changes})


def query(body: Body, pattern: str, replacement: str) -> Body | None:
    """The monitor with the first match of its query replaced; None where nothing matches."""
    text, count = re.subn(pattern, replacement, body.get("query", ""), count=1)
    return {**body, "query": text} if count else None


def comparison(body: Body) -> tuple[str, float] | None:
    """How the query ends."""
    found = END.search(body.get("query", ""))
    return (found[1], float(found[2])) if found else None


def is_metric(body: Body) -> bool:
    """A plain monitor on metrics: no change, anomalies, outliers or forecast."""
    special = ("anomalies(", "outliers(", "forecast(", "change(", "formula(")
    return body.get("type") in ("query alert", "metric alert") and not any(word in body["query"] for word in special)


def beyond(body: Body, *, is_equal: bool = False) -> float | None:
    """A number on the alerting side of the threshold."""
    ends = comparison(body)
    if ends is None or ends[0] in ("==", "!="):
        return None
    step = 0.0 if is_equal else max(abs(ends[1]), 1.0)
    return ends[1] + step if ends[0].startswith(">") else ends[1] - step


def is_slo(body: Body) -> bool:
    """An objective on counts."""
    return body.get("type") == "metric" and "thresholds" in body
