"""Monitors as users write them, in a folder of their own."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from watchkeeper.commands.monitors.declared import Declared
from watchkeeper.commands.monitors.lint import Linted, report_on
from watchkeeper.commands.session import open_session
from watchkeeper.monitors.lint.declared import sources_of
from watchkeeper.monitors.load import load_declared


@dataclass(frozen=True, slots=True)
class Files:
    """A project with one file of monitors; its routes reach nobody, and that finding is left out."""

    root: Path

    def lint(self, text: str, *, env: str = "prod", today: date = date(2026, 11, 25)) -> Linted:
        """Write the file and lint it."""
        (self.root / "monitors").mkdir(exist_ok=True)
        (self.root / "monitors" / "m.yaml").write_text(text)
        session = open_session(self.root, env, environ={})
        loaded = load_declared(session.project, session.environment)
        report = report_on(session, Declared(loaded.monitors, (), loaded.slos), today)
        return Linted(len(loaded.monitors), report, sources_of([*loaded.monitors, *loaded.slos]), self.root)

    def found(self, text: str, *, env: str = "prod", today: date = date(2026, 11, 25)) -> list[tuple[str, str]]:
        """Rule and place of every finding."""
        findings = self.lint(text, env=env, today=today).report.findings
        problems = [finding.problem for finding in findings if finding.problem.rule != "unrouted"]
        return [(problem.rule, str(problem.where).removeprefix("monitors/m.yaml:")) for problem in problems]
