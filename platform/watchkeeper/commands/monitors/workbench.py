"""What an editor asks while a template is open: findings of the text as it stands there, saved or not."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from watchkeeper.commands.session import Session, open_session
from watchkeeper.errors import ConfigError, Problem
from watchkeeper.metrics.catalogue import Catalogue, load_catalogue
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.declared import declared_slos, slo_subject, subject_of
from watchkeeper.monitors.lint.engine import lint
from watchkeeper.monitors.lint.rules import RULES
from watchkeeper.monitors.load import FOLDER, REFERENCES, Loaded, declared_in, monitor_files
from watchkeeper.monitors.slo.model import SLO
from watchkeeper.project.jinja_engine import TemplateEngine, read_partials
from watchkeeper.project.source import parse_document, read_document
from watchkeeper.project.templates import environment_scope
from watchkeeper.routing.routes import Route, handles, load_routes


class Workbench:
    """One project and one of its environments, read again whenever a file of the project is saved."""

    def __init__(self, root: Path, env: str) -> None:
        self.root = root.resolve()
        self.env = env
        self._catalogue: Catalogue | None = None
        self._session: Session | None = None
        self._routes: Sequence[Route] | None = None
        self._slos: Sequence[SLO] | None = None

    def reload(self) -> None:
        """Forget what was read: a file of the project has changed."""
        self._catalogue = self._session = self._routes = self._slos = None

    @property
    def catalogue(self) -> Catalogue:
        """The metrics; only the shipped ones while `metrics.yaml` cannot be read. Raises ConfigError."""
        if self._catalogue is None:
            self._catalogue = load_catalogue(self.root)
        return self._catalogue

    def file_of(self, path: Path) -> str | None:
        """The name of a template inside of the project; None for any other file."""
        full = path.resolve()
        is_template = full.suffix in (".yaml", ".yml") and full.parent == self.root / FOLDER
        return full.relative_to(self.root).as_posix() if is_template else None

    def problems(self, file: str, text: str, today: date) -> Sequence[Problem]:
        """Everything that is wrong with a template; problems of the project's other files are left to them."""
        try:
            here = self._declared(file, text)
        except ConfigError as err:
            return [problem for problem in err.problems if problem.where is None or problem.where.file == file]
        routes = self._known_routes()
        subjects = [
            subject_of(one, None if routes is None else [each.mention for each in handles(routes, one)])
            for one in here.monitors
        ]
        subjects += [slo_subject(slo) for slo in here.slos]
        asks = any(monitor.type == "slo alert" for monitor in here.monitors)
        elsewhere = [slo for slo in self._saved_slos() if slo.entry.document.file != file] if asks else []
        context = Context(catalogue=self.catalogue, slos=declared_slos([*elsewhere, *here.slos]))
        report = lint(subjects, context, RULES, today=today, sources={file: text})
        return [finding.problem for finding in report.findings]

    def _declared(self, file: str, text: str) -> Loaded:
        session = self._opened()
        document = parse_document(text, file)
        scope = environment_scope(session.project, session.environment)
        with TemplateEngine(read_partials(session.root, FOLDER), references=REFERENCES) as engine:
            return declared_in(document, session.project, session.environment, scope, engine)

    def _saved_slos(self) -> Sequence[SLO]:
        """The objectives of all files as they are saved, as far as these can be read."""
        if self._slos is None:
            session = self._opened()
            found: list[SLO] = []
            scope = environment_scope(session.project, session.environment)
            with TemplateEngine(read_partials(session.root, FOLDER), references=REFERENCES) as engine:
                for file in monitor_files(session.root):
                    with suppress(ConfigError):
                        document = read_document(session.root, file)
                        found += declared_in(document, session.project, session.environment, scope, engine).slos
            self._slos = found
        return self._slos

    def _opened(self) -> Session:
        if self._session is None:
            self._session = open_session(self.root, self.env)
        return self._session

    def _known_routes(self) -> Sequence[Route] | None:
        """The routes; None while they cannot be read, for then nobody knows who is reached."""
        if self._routes is None:
            session = self._opened()
            try:
                self._routes = load_routes(session.project, session.environment)
            except ConfigError:
                return None
        return self._routes
