"""A rule's two examples, the one with the fault and the one without, linted as Datadog's JSON."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, Final

from watchkeeper.commands.monitors.lint import exported_slos
from watchkeeper.metrics.catalogue import Catalogue, shipped_catalogue
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.engine import Finding, lint
from watchkeeper.monitors.lint.exported import exported_subjects
from watchkeeper.monitors.lint.fixes import fixed
from watchkeeper.monitors.lint.rule import Rule
from watchkeeper.monitors.lint.rules import RULES
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.project.json_source import parse_json
from watchkeeper.project.source import parse_document

TODAY: Final = date(2026, 11, 25)
PLAIN: Final = {
    "name": "Load",
    "type": "query alert",
    "query": "avg(last_5m):avg:system.load.1{*} > 4",
    "message": "the load is high",
    "options": {},
}
HANDLES: Final = frozenset({"@slack-main-alerts", "@pagerduty-api"})
SLOS: Final = {"0123456789abcdef0123456789abcdef": {"thresholds": [{"timeframe": "30d", "target": 99.0}]}}
_OURS: Final = ("urgency", "runbook", "handles", "env")
_TOKEN: Final = re.compile(r"[\w.@$-]+|\s+|.")


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue, read once."""
    return shipped_catalogue()


def subjects_of(example: str) -> list[Subject]:
    """The monitors of an example: what it says, over a faultless monitor."""
    data = parse_document(example, "example.yaml").data
    return [_subject(each, f"{index}.json") for index, each in enumerate(data if isinstance(data, list) else [data])]


def _subject(given: Mapping[str, Any], file: str) -> Subject:
    body = dict(given) if given.get("kind") == "slo" else {**PLAIN, **given}
    body.pop("kind", None)
    ours = {key: body.pop(key) for key in _OURS if key in body}
    if "handles" in ours:
        ours["handles"] = tuple(ours["handles"])
    (subject,) = exported_subjects(parse_json(json.dumps(body, indent=1), file))
    return replace(subject, **ours)


def findings_in(subjects: Sequence[Subject]) -> list[Finding]:
    """Everything that lint says about some monitors."""
    slos = {**SLOS, **exported_slos(subjects)}
    context = Context(catalogue=catalogue(), known_handles=HANDLES, slos=slos)
    return list(lint(subjects, context, RULES, today=TODAY).findings)


def findings_of(example: str) -> list[Finding]:
    """Everything that lint says about an example."""
    return findings_in(subjects_of(example))


def assert_twins(rule: Rule) -> None:
    """The faulty example gives this finding and no other, the good one none, and they differ in one token."""
    assert {finding.problem.rule for finding in findings_of(rule.bad)} == {rule.id}
    assert [(finding.problem.rule, finding.problem.what) for finding in findings_of(rule.good)] == []
    assert len(differences(rule.bad, rule.good)) == 1


def assert_mended(rule: Rule) -> None:
    """What `--fix` makes of the faulty example no longer has the fault, and nothing else came of it."""
    (subject,) = subjects_of(rule.bad)
    source = subject.places.document.text  # type: ignore[attr-defined]
    change = fixed(findings_in([subject]), {subject.places.file: source})

    (text,) = change.texts.values()
    assert [finding.problem.rule for finding in change.done] == [rule.id]
    assert findings_in(exported_subjects(parse_json(text, "mended.json"))) == []


def differences(bad: str, good: str) -> set[tuple[str, str]]:
    """What differs between two examples: pieces of text, a token that is replaced in several places counts once."""
    one, other = _TOKEN.findall(bad), _TOKEN.findall(good)
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return {
        ("".join(one[begin:end]), "".join(other[start:stop]))
        for tag, begin, end, start, stop in matcher.get_opcodes()
        if tag != "equal"
    }
