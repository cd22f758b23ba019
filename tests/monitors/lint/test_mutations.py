"""Every rule of severity error is proven on real monitors: a fault is seeded, and found, and nothing else is."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.monitors.lint import option_mutators, query_mutators, slo_mutators
from tests.monitors.lint.corpus import REFUSED, accepted_objects, shipped_monitors, third_party_monitors
from tests.monitors.lint.mutation import MUTATORS, Body
from tests.monitors.lint.twins import findings_in
from watchkeeper.monitors.lint.exported import exported_subjects
from watchkeeper.monitors.lint.rules import RULES
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.project.json_source import parse_json

pytestmark = pytest.mark.corpus

SEEDS: Final = (option_mutators, query_mutators, slo_mutators)
"""To import them is to register their mutators."""
ERRORS: Final = [rule.id for rule in RULES if rule.severity == "error"]
TOGETHER: Final = (
    "duplicate-monitor",
    "composite-members",
    "burn-rate-impossible",
    "burn-rate-window-limits",
    "slo-alert-timeframe",
    "slo-undeclared",
    "unrouted",
)
"""Faults that need more than one monitor's JSON; each has a test of its own."""
ENOUGH: Final = 0.95

COMPOSITES: Final[Sequence[Body]] = [
    {"name": "both", "type": "composite", "query": "12 && 34", "message": "down", "options": {}},
    {"name": "either", "type": "composite", "query": "12 || !34", "message": "down", "options": {}},
]


@pytest.fixture(scope="module")
def bodies(corpus: Path) -> Sequence[Body]:
    """Monitors and objectives that Datadog has accepted: shipped ones, a third party's, recorded ones."""
    found = [*shipped_monitors(corpus), *third_party_monitors(corpus), *accepted_objects(corpus)]
    return [dict(subject.body) for subject in found if subject.label not in REFUSED] + list(COMPOSITES)


def test_every_error_has_a_mutator() -> None:
    """No error is left unproven, and no mutator stands for a rule that is gone."""
    assert set(MUTATORS) | set(TOGETHER) == set(ERRORS)


@pytest.mark.parametrize("rule", sorted(MUTATORS))
def test_a_seeded_fault_is_found_and_nothing_else(rule: str, bodies: Sequence[Body]) -> None:
    """In at least 95 % of the monitors in which the fault has a place."""
    mutated = [faulty for body in bodies if (faulty := MUTATORS[rule](body)) is not None]
    found = _errors_of_each(mutated)
    missed = [(body.get("query"), errors) for body, errors in zip(mutated, found, strict=True) if errors != {rule}]

    assert mutated, "the fault has no place in any monitor"
    assert 1 - len(missed) / len(mutated) >= ENOUGH, missed[:3]


def test_a_monitor_that_stands_twice_is_found(bodies: Sequence[Body]) -> None:
    """Whatever its type."""
    monitors = [body for body in bodies if "query" in body and "thresholds" not in body]

    assert {rule for body in monitors for rule in _errors([body, body])} == {"duplicate-monitor"}


def test_a_composite_of_composites_is_found(bodies: Sequence[Body]) -> None:
    """Any monitor may stand beside them."""
    inner = {**COMPOSITES[0], "id": 999}
    outer = {**COMPOSITES[0], "name": "outer", "query": "999 && 12"}
    monitors = [body for body in bodies if "query" in body and "thresholds" not in body and body["type"] != "composite"]

    assert {rule for body in monitors for rule in _errors([inner, body, outer])} == {"composite-members"}


@pytest.mark.parametrize("target", [50, 90, 93, 99, 99.9, 99.99])
def test_a_burn_rate_that_nobody_can_reach_is_found(target: float) -> None:
    """At the rate that all requests failing would give; one below it is possible."""
    most = 100 / (100 - target)

    assert _errors(_burning(target, most * 1.001)) == {"burn-rate-impossible"}
    assert _errors(_burning(target, most * 0.999)) == set()


@pytest.mark.parametrize("target", [90, 99.9, 99.99])
@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        (('over("30d")', 'over("90d")'), "slo-alert-timeframe"),
        (('over("30d")', 'over("7d")'), "slo-alert-timeframe"),
        (('long_window("1h")', 'long_window("50m")'), "burn-rate-window-limits"),
        (('long_window("1h")', 'long_window("3d")'), "burn-rate-window-limits"),
        (('short_window("5m")', 'short_window("60m")'), "burn-rate-window-limits"),
        (('short_window("5m")', 'short_window("2h")'), "burn-rate-window-limits"),
        (("0123456789abcdef0123456789abcdef", "availability"), "slo-undeclared"),
    ],
)
def test_a_faulty_alert_on_an_objective_is_found(target: float, fault: tuple[str, str], rule: str) -> None:
    """Whatever the target; without the fault there is no error."""
    slo, alert = _burning(target, 2.5)

    assert _errors([slo, alert]) == set()
    assert _errors([slo, {**alert, "query": alert["query"].replace(*fault)}]) == {rule}


def test_a_monitor_without_a_route_is_found(bodies: Sequence[Body]) -> None:
    """Whatever its type."""
    subjects = _subjects(body for body in bodies if "query" in body and "thresholds" not in body)
    found = [finding.problem for each in subjects for finding in findings_in([replace(each, handles=())])]

    assert [problem.rule for problem in found if problem.severity == "error"] == ["unrouted"] * len(subjects)


_COUNTS: Final = {"numerator": "sum:a{*}.as_count()", "denominator": "sum:b{*}.as_count()"}


def _burning(target: float, rate: float) -> list[Body]:
    name = "0123456789abcdef0123456789abcdef"
    slo = {"id": name, "name": "availability", "type": "metric", "query": _COUNTS}
    text = f'burn_rate("{name}").over("30d").long_window("1h").short_window("5m") > {rate:.6f}'
    return [
        {**slo, "thresholds": [{"timeframe": "30d", "target": target}]},
        {"name": "burning", "type": "slo alert", "query": text, "message": "budget burns", "options": {}},
    ]


def _subjects(bodies: Iterable[dict[str, Any]]) -> list[Subject]:
    return exported_subjects(parse_json(json.dumps(list(bodies)), "mutated.json"))


def _errors(bodies: Iterable[dict[str, Any]]) -> set[str]:
    return set().union(*_errors_of_each(bodies))


def _errors_of_each(bodies: Iterable[dict[str, Any]]) -> list[set[str]]:
    subjects = _subjects(bodies)
    errors: dict[int, set[str]] = {id(subject): set() for subject in subjects}
    for finding in findings_in(subjects):
        if finding.problem.severity == "error":
            errors[id(finding.subject)].add(finding.problem.rule)
    return list(errors.values())
