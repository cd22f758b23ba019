"""Lint findings as people and other tools read them: terminal, JSON, SARIF 2.1.0, annotations of GitHub."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from watchkeeper import __version__
from watchkeeper.cli.terminal import print_problems
from watchkeeper.commands.monitors.lint import Linted
from watchkeeper.errors import Problem, Severity
from watchkeeper.monitors.lint.rules import RULES

_LEVELS: Final[Mapping[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}
_ANNOTATIONS: Final[Mapping[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}

Labelled = tuple[str, Problem]
"""A finding with the name of its monitor, which is empty where there is none."""


def print_findings(form: str, linted: Linted) -> None:
    """The findings on stdout."""
    found = [(finding.label, finding.problem) for finding in linted.report.findings]
    if form != "terminal":
        _print(form, found, linted.monitors)
        return
    print_problems([problem for _, problem in found], linted.root, sys.stdout)
    counts = [(severity, sum(problem.severity == severity for _, problem in found)) for severity in _LEVELS]
    plural = {"error": "errors", "warning": "warnings", "info": "infos"}
    shown = ", ".join(f"{count} {severity if count == 1 else plural[severity]}" for severity, count in counts)
    print(f"{linted.monitors} monitors: {shown}")


def print_problems_as(form: str, problems: Sequence[Problem]) -> None:
    """Problems of files that cannot be read, in the form of findings."""
    _print(form, [("", problem) for problem in problems], 0)


def _print(form: str, found: Sequence[Labelled], monitors: int) -> None:
    if form == "json":
        print(json.dumps(as_json(found, monitors), indent=2))
    elif form == "sarif":
        print(json.dumps(as_sarif(found), indent=2))
    else:
        for _, problem in found:
            print(as_annotation(problem))


def as_json(found: Sequence[Labelled], monitors: int) -> Mapping[str, Any]:
    """The document of `--json`."""
    records = [
        {
            "rule": problem.rule,
            "severity": problem.severity,
            "file": problem.where.file if problem.where else "",
            "line": problem.where.line if problem.where else 0,
            "column": problem.where.column if problem.where else 0,
            "monitor": label,
            "message": problem.what,
            "fix": problem.fix,
        }
        for label, problem in found
    ]
    return {"schema_version": 1, "monitors": monitors, "findings": records}


def as_sarif(found: Sequence[Labelled]) -> Mapping[str, Any]:
    """A SARIF log of one run. Source: OASIS, "Static Analysis Results Interchange Format 2.1.0"."""
    names = [rule.id for rule in RULES]
    extra = sorted({problem.rule or "file" for _, problem in found} - set(names))
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.why},
            "help": {"text": f"{rule.fix}. Source: {rule.source}."},
            "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        }
        for rule in RULES
    ]
    rules += [{"id": name, "shortDescription": {"text": name}} for name in extra]
    order = [*names, *extra]
    driver = {"name": "watchkeeper", "semanticVersion": __version__, "rules": rules}
    results = [_result(label, problem, order) for label, problem in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _result(label: str, problem: Problem, order: Sequence[str]) -> Mapping[str, Any]:
    rule = problem.rule or "file"
    text = f"{problem.what}; {problem.fix}" if problem.fix else problem.what
    location: dict[str, Any] = {}
    if problem.where is not None:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(problem.where.file)},
            "region": {"startLine": problem.where.line, "startColumn": problem.where.column},
        }
    if label:
        location["logicalLocations"] = [{"fullyQualifiedName": label, "kind": "monitor"}]
    return {
        "ruleId": rule,
        "ruleIndex": order.index(rule),
        "level": _LEVELS[problem.severity],
        "message": {"text": text},
        "locations": [location] if location else [],
    }


def _uri(file: str) -> str:
    from urllib.parse import quote

    return quote(file)


def as_annotation(problem: Problem) -> str:
    """A workflow command that GitHub shows beside the line."""
    fields = []
    if problem.where is not None:
        where = problem.where
        fields = [f"file={_property(where.file)}", f"line={where.line}", f"col={where.column}"]
    fields.append(f"title={_property(problem.rule or 'watchkeeper')}")
    text = f"{problem.what}; {problem.fix}" if problem.fix else problem.what
    return f"::{_ANNOTATIONS[problem.severity]} {','.join(fields)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
