"""Lint on real monitors: what Datadog accepts has no error, and how often each rule speaks is known."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.monitors.lint.corpus import (
    REFUSED,
    accepted_objects,
    refused_objects,
    shipped_monitors,
    third_party_monitors,
)
from tests.monitors.lint.twins import TODAY, catalogue, findings_in
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.engine import Report, lint
from watchkeeper.monitors.lint.rules import RULES
from watchkeeper.monitors.lint.subject import Subject

pytestmark = pytest.mark.corpus

COUNTS: Final = Path(__file__).parent / "corpus_counts.yaml"
COMMON: Final = 0.5
"""A rule that speaks of more than this share of the monitors it is asked about must be explained."""


def _report(subjects: Sequence[Subject]) -> Report:
    return lint(subjects, Context(catalogue=catalogue()), RULES, today=TODAY)


def test_the_monitors_that_datadog_ships_have_no_error(corpus: Path) -> None:
    """All 379 of them."""
    subjects = shipped_monitors(corpus)
    errors = [finding for finding in _report(subjects).findings if finding.problem.severity == "error"]

    assert len(subjects) == 379
    assert [(finding.label, finding.problem.what) for finding in errors] == []


def test_the_monitors_of_a_third_party_have_no_error(corpus: Path) -> None:
    """Save one, whose query Datadog would refuse as well."""
    errors = [
        finding for finding in _report(third_party_monitors(corpus)).findings if finding.problem.severity == "error"
    ]

    assert [(finding.label, finding.problem.rule) for finding in errors] == [(REFUSED[0], "query-syntax")]


def test_what_datadog_accepted_has_no_error(corpus: Path) -> None:
    """Recorded requests that were answered with 200."""
    found = [finding.problem for finding in findings_in(accepted_objects(corpus))]

    assert [problem.what for problem in found if problem.severity == "error"] == []


def test_what_datadog_refused_is_an_error_offline(corpus: Path) -> None:
    """Recorded requests that were answered with 400."""
    refused = refused_objects(corpus)

    assert len(refused) == 3
    for answer, subject in refused:
        rules = {finding.problem.rule for finding in findings_in([subject]) if finding.problem.severity == "error"}
        assert rules == {"query-syntax"}, answer


def test_how_often_each_rule_speaks_is_known(corpus: Path) -> None:
    """A change of a rule shows here what it does to six hundred real monitors."""
    known = yaml.safe_load(COUNTS.read_text())["rules"]

    assert _counts(corpus) == {rule: each["counts"] for rule, each in known.items()}


def test_a_rule_that_speaks_everywhere_or_nowhere_is_explained() -> None:
    """Either it is wrong, or there is a reason."""
    known = yaml.safe_load(COUNTS.read_text())["rules"]
    for rule, each in known.items():
        asked = sum(judged for judged, _ in each["counts"].values())
        hit = sum(flawed for _, flawed in each["counts"].values())
        if hit == 0 or hit > COMMON * asked:
            assert each.get("reviewed"), rule


def _counts(corpus: Path) -> Mapping[str, Any]:
    """For each rule and source: how many monitors it was asked about, and how many it found fault with."""
    sources = {
        "shipped": shipped_monitors(corpus),
        "third_party": third_party_monitors(corpus),
        "accepted": accepted_objects(corpus),
    }
    reports = {name: _report(subjects) for name, subjects in sources.items()}
    return {
        rule.id: {
            name: [report.judged.get(rule.id, 0), report.flawed.get(rule.id, 0)] for name, report in reports.items()
        }
        for rule in RULES
    }
