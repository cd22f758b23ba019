"""Asks every rule about every monitor; gives findings with their places, comments that switch rules off applied."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from watchkeeper.errors import Location, Problem
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.controls import controls_in, silence
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule, verdict
from watchkeeper.monitors.lint.subject import Subject, value_at


@dataclass(frozen=True, slots=True)
class Finding:
    """One flaw at its place. subject: None for a finding about a comment. edit: what `--fix` would do."""

    problem: Problem
    subject: Subject | None = None
    edit: Edit | None = None

    @property
    def label(self) -> str:
        """The monitor's name, empty where it is about none."""
        return self.subject.label if self.subject else ""


@dataclass(frozen=True, slots=True)
class Report:
    """findings: by file, line, column and rule. judged, flawed: monitors that a rule was asked about, and hit."""

    findings: Sequence[Finding]
    judged: Mapping[str, int] = field(default_factory=dict)
    flawed: Mapping[str, int] = field(default_factory=dict)


def lint(
    subjects: Sequence[Subject],
    context: Context,
    rules: Iterable[Rule],
    *,
    today: date,
    sources: Mapping[str, str] | None = None,
) -> Report:
    """Every finding of every rule.

    today: decides which comments have expired. sources: the text of the YAML files, for their comments.
    """
    rules = tuple(rules)
    found: dict[tuple[Location, str, str], Finding] = {}
    judged: Counter[str] = Counter()
    flawed: Counter[str] = Counter()
    for rule in rules:
        for subject, flaws in _verdicts(rule, subjects, context):
            judged[rule.id] += 1
            flawed[rule.id] += bool(flaws)
            for flaw in flaws:
                finding = _finding(rule, subject, flaw)
                where = finding.problem.where or Location(subject.places.file)
                # One line of a template stands for many monitors; one finding is enough.
                found.setdefault((where, rule.id, flaw.what), finding)
    controls = [control for file, text in (sources or {}).items() for control in controls_in(file, text)]
    names = {rule.id for rule in rules}
    kept, remarks = silence([(each.problem, each.subject) for each in found.values()], controls, subjects, names, today)
    findings = [finding for finding, keep in zip(found.values(), kept, strict=True) if keep]
    findings += [Finding(problem) for problem in remarks]
    return Report(sorted(findings, key=_place), judged, flawed)


def _verdicts(rule: Rule, subjects: Sequence[Subject], context: Context) -> Iterable[tuple[Subject, Sequence[Flaw]]]:
    if rule.check_all is not None:
        asked = [subject for subject in subjects if rule.applies(subject)]
        flaws: dict[int, list[Flaw]] = {}
        for subject, flaw in rule.check_all(asked, context):
            flaws.setdefault(id(subject), []).append(flaw)
        yield from ((subject, flaws.get(id(subject), [])) for subject in asked)
        return
    for subject in subjects:
        flaws_or_none = verdict(rule, subject, context)
        if flaws_or_none is not None:
            yield subject, flaws_or_none


def _finding(rule: Rule, subject: Subject, flaw: Flaw) -> Finding:
    where = subject.places.where(flaw.path, key=flaw.on_key)
    if flaw.offset is not None:
        text = subject.declared if flaw.path == ("message",) else value_at(subject.body, flaw.path)
        index = subject.places.index_inside(flaw.path, text, flaw.offset) if isinstance(text, str) else None
        where = subject.places.at(index[0]) if index else where
    problem = Problem(flaw.what, where, fix=flaw.fix or rule.fix, rule=rule.id, severity=rule.severity)
    return Finding(problem, subject, flaw.edit)


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    where = finding.problem.where or Location("")
    return (where.file, where.line, where.column, finding.problem.rule, finding.problem.what)
