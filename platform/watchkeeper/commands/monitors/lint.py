"""`monitors lint`: of the project's own monitors, or of monitors in Datadog's JSON."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from watchkeeper.commands.monitors.declared import Declared, declared_monitors
from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Location, Problem, UsageError
from watchkeeper.metrics.catalogue import load_catalogue
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.declared import declared_slos, slo_subject, sources_of, subject_of
from watchkeeper.monitors.lint.engine import Report, lint
from watchkeeper.monitors.lint.exported import exported_subjects
from watchkeeper.monitors.lint.fixes import fixed
from watchkeeper.monitors.lint.rules import RULES
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.load import FOLDER, monitor_files
from watchkeeper.monitors.slo.model import SLO
from watchkeeper.project.json_source import JsonDocument, read_json
from watchkeeper.routing.load import load_on_call
from watchkeeper.routing.routes import handles


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found. sources: the text of the files by name. root: the folder that their names are relative to."""

    monitors: int
    report: Report
    sources: Mapping[str, str]
    root: Path

    def fix(self) -> int:
        """Write the mechanical changes into the files; gives how many findings they mend."""
        change = fixed(self.report.findings, self.sources)
        for file, text in change.texts.items():
            path = self.root / file
            path.write_text(text, encoding="utf-8", newline="")
        return len(change.done)


def is_exported(path: Path | None) -> bool:
    """Whether a path leads to Datadog's JSON: a `.json` file, or a folder that holds such files and no templates."""
    if path is None:
        return False
    if path.is_dir():
        return any(path.rglob("*.json")) and not any(path.rglob("*.y*ml"))
    return path.suffix == ".json"


def lint_exported(root: Path, path: Path, today: date) -> Linted:
    """Lint JSON files; they need no project. root: where a `metrics.yaml` may stand. Raises ConfigError."""
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    documents: list[JsonDocument] = []
    subjects: list[Subject] = []
    problems: list[Problem] = []
    for file in files:
        try:
            document = read_json(file, _shown(file, root))
            subjects += exported_subjects(document)
            documents.append(document)
        except ConfigError as err:
            problems += err.problems
    if problems:
        raise ConfigError(problems)
    if not files:
        raise ConfigError(Problem("no JSON file is here", Location(_shown(path, root)), fix="name a file or a folder"))
    context = Context(catalogue=load_catalogue(root), slos=exported_slos(subjects))
    report = lint(subjects, context, RULES, today=today)
    return Linted(len(subjects), report, {document.file: document.text for document in documents}, root)


def lint_project(session: Session, only: Path | None, today: date) -> Linted:
    """Lint the project's monitors, their routes included. Raises ConfigError, or UsageError where nothing is there."""
    if only is not None and not monitor_files(session.root, only):
        raise UsageError(
            f"{only} holds no monitors", f"templates stand in {FOLDER}/*.yaml; Datadog's export ends with .json"
        )
    declared = declared_monitors(session, only)
    files = frozenset(monitor_files(session.root, only))
    report = report_on(session, declared, today, files)
    sources = sources_of([*declared.monitors, *_slos_in(declared, files)])
    return Linted(len(declared.monitors), report, sources, session.root)


def report_on(session: Session, declared: Declared, today: date, files: Collection[str] | None = None) -> Report:
    """The findings in monitors and objectives that are loaded already. files: only objectives of these are asked."""
    slos = _slos_in(declared, files)
    subjects = [
        subject_of(monitor, [handle.mention for handle in handles(declared.routes, monitor)])
        for monitor in declared.monitors
    ]
    subjects += [slo_subject(slo) for slo in slos]
    mentions = any("@" in monitor.message for monitor in declared.monitors)
    known_handles = _known_handles(session, declared) if mentions else None
    context = Context(
        catalogue=load_catalogue(session.root), known_handles=known_handles, slos=declared_slos(declared.slos)
    )
    return lint(subjects, context, RULES, today=today, sources=sources_of([*declared.monitors, *slos]))


def _slos_in(declared: Declared, files: Collection[str] | None) -> list[SLO]:
    return [slo for slo in declared.slos if files is None or slo.entry.document.file in files]


def refuse_errors(session: Session, declared: Declared, today: date, tolerated: Collection[str] = ()) -> None:
    """Raise ConfigError when lint finds an error: nothing is sent that Datadog refuses or that can never work.

    tolerated: rules whose errors do not refuse.
    """
    found = [finding.problem for finding in report_on(session, declared, today).findings]
    errors = [problem for problem in found if problem.severity == "error" and problem.rule not in tolerated]
    if errors:
        raise ConfigError(errors)


def exported_slos(subjects: Sequence[Subject]) -> Mapping[str, Mapping[str, Any]]:
    """Every objective that says its id, by that."""
    found = [subject.body for subject in subjects if subject.kind == "slo"]
    return {body["id"]: body for body in found if isinstance(body.get("id"), str)}


def _known_handles(session: Session, declared: Declared) -> frozenset[str]:
    plan = load_on_call(session.project, session.environment)
    account = session.project.datadog.slack_account
    return frozenset(
        {route.handle.mention for route in declared.routes}
        | {f"@pagerduty-{service.name}" for service in plan.services.values()}
        | {f"@slack-{account}-{channel.name}" for channel in plan.channels.values()}
    )


def _shown(file: Path, root: Path) -> str:
    """The file as the user knows it: relative to the root where it lies below."""
    full, base = file.resolve(), root.resolve()
    return full.relative_to(base).as_posix() if full.is_relative_to(base) else file.as_posix()
