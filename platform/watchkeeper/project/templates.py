"""From a parsed template to its entries: repetition and choice are declarative, Jinja renders scalar leaves only.

Any mapping in a list may say `for_each: <list expression>` (with `as: <name>`) and `when: <expression>`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.project.jinja_engine import Scope, TemplateEngine, TemplateError
from watchkeeper.project.model import Environment, Project
from watchkeeper.project.placing import template_offset
from watchkeeper.project.source import Document, KeyPath
from watchkeeper.project.validate import Locate

MAX_ENTRIES: Final = 20_000

_SINGULAR: Final[Mapping[str, str]] = {"services": "service", "teams": "team"}
_VARIABLE: Final = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One rendered entry of a template's list.

    data: plain values. origin: for every rendered path the path in the file (repetition moves list items).
    names: what `for_each` bound, such as {"service": {...}}.
    """

    data: Mapping[str, Any]
    document: Document
    path: KeyPath
    origin: Mapping[KeyPath, KeyPath]
    names: Mapping[str, Any]

    @property
    def service(self) -> str:
        """The id of the service that the entry was repeated for, or an empty text."""
        service = self.names.get("service")
        return str(service["id"]) if isinstance(service, Mapping) else ""

    def where(self, *path: str | int, key: bool = False) -> Location:
        """The place in the file of the value at `path` of the entry."""
        real = self.source_path(path)
        return self.document.at_key(real) if key else self.document.at(real)

    def source_path(self, path: Sequence[str | int]) -> KeyPath:
        """The path in the file of the value at `path` of the entry."""
        real: KeyPath = self.path
        for length, step in enumerate(path, start=1):
            real = self.origin.get(tuple(path[:length]), (*real, step))
        return real

    def index_inside(self, path: Sequence[str | int], rendered: str, offset: int) -> tuple[int, bool] | None:
        """The index in the file of the character `offset` of a rendered text, and whether it stands there literally.

        What an expression of the template produced is placed at the expression.
        """
        real = self.source_path(path)
        template: object = self.document.data
        for step in real:
            try:
                template = template[step]  # type: ignore[index]
            except (LookupError, TypeError):
                return None
        if not isinstance(template, str):
            return None
        inner = template_offset(template, rendered, offset)
        index = None if inner is None else self.document.index_inside(real, template, inner[0])
        return None if inner is None or index is None else (index, inner[1])

    @property
    def locate(self) -> Locate:
        """Where things stand, in the form that `validate` takes."""
        return lambda path, key: self.where(*path, key=key)


def environment_scope(project: Project, environment: Environment) -> Scope:
    """The names every template of an environment may use."""
    teams = {team.id: {"id": team.id, "name": team.name, **team.vars} for team in project.teams.values()}
    services = [
        {
            "id": service.id,
            "name": service.name,
            "team": service.team,
            "image": service.image,
            "ports": {"http": service.ports.http},
            "cpu": service.cpu,
            "memory_mib": service.memory_mib,
            "slo": dict(service.slo),
            "vars": dict(service.vars),
        }
        for service in environment.services
    ]
    env = {
        "name": environment.name,
        "account": environment.account,
        "region": environment.region,
        "zones": list(environment.zones),
        "database": {"min_acu": environment.database.min_acu, "max_acu": environment.database.max_acu},
        "vars": dict(environment.vars),
    }
    return Scope(
        {
            "project": {"name": project.name},
            "env": env,
            "services": services,
            "teams": list(teams.values()),
            "team_of": teams,
            "datadog": {"site": project.datadog.site, "slack_account": project.datadog.slack_account},
            "vars": dict(project.vars),
        }
    )


def shape_problems(document: Document, sections: Collection[str], what: str, hint: str = "") -> Iterator[Problem]:
    """What `expand` would pass over in silence.

    sections: the lists that the file may hold. what: `a monitor file`. hint: how to mend an unknown key that is near
    to none.
    """
    if not isinstance(document.data, Mapping):
        first = next(iter(sections))
        none = f", or write `{first}: []` where there are none" if document.data is None else ""
        yield Problem(f"{what} is a mapping", Location(document.file), fix=f"start with `{first}:`{none}")
        return
    for key, value in document.data.items():
        if key not in sections:
            fix = did_you_mean(str(key), sections) or hint or f"known keys: {', '.join(sections)}"
            yield Problem(f"unknown key `{key}`", document.at_key((key,)), fix=fix, rule="unknown-key")
        elif not isinstance(value, list):
            yield Problem(f"`{key}` must be a list", document.at((key,)), fix="write `- id: ...`", rule="wrong-value")


def expand(document: Document, section: str, scope: Scope, engine: TemplateEngine) -> list[Entry]:
    """The entries of the list `section` of a template, repeated and rendered. Raises ConfigError with all problems."""
    expander = _Expander(document, engine)
    raw = document.data.get(section) if isinstance(document.data, Mapping) else None
    entries = list(expander.entries(raw, section, scope)) if isinstance(raw, Sequence) and raw else []
    if expander.problems:
        raise ConfigError(expander.problems)
    return entries


class _Expander:
    def __init__(self, document: Document, engine: TemplateEngine) -> None:
        self.document = document
        self.engine = engine
        self.problems: list[Problem] = []
        self._count = 0

    def entries(self, items: Sequence[Any], section: str, scope: Scope) -> Iterator[Entry]:
        for index, item in enumerate(items):
            path: KeyPath = (section, index)
            if not isinstance(item, Mapping):
                problem = Problem("must be a mapping", self.document.at(path), fix="write `- id: ...`", rule="template")
                self.problems.append(problem)
                continue
            for inner, names in self._repeat(item, path, scope):
                origin: dict[KeyPath, KeyPath] = {}
                data = self._mapping(item, path, inner, (), origin)
                yield Entry(data, self.document, path, origin, names)

    def _repeat(
        self, item: Mapping[str, Any], path: KeyPath, scope: Scope
    ) -> Iterator[tuple[Scope, Mapping[str, Any]]]:
        """The scopes in which a mapping of a list is rendered: none, one, or one for each."""
        if "for_each" not in item:
            if self._holds(item, path, scope):
                yield scope, {}
            return
        over = item["for_each"]
        values = self._expression(over, (*path, "for_each"), scope) if isinstance(over, str) else over
        if values is None:
            return
        name = item.get("as") or _SINGULAR.get(str(over), "item")
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            self._report((*path, "as"), f"`{name}` cannot name a value", "use letters, digits and `_`")
            return
        if not isinstance(values, Sequence) or isinstance(values, str):
            self._report((*path, "for_each"), "`for_each` must give a list", "name `services`, `teams` or a list")
            return
        for value in values:
            self._count += 1
            if self._count > MAX_ENTRIES:
                self._report((*path, "for_each"), f"more than {MAX_ENTRIES:,} entries", "repeat over fewer values")
                return
            names: dict[str, Any] = {name: value}
            if name == "service" and isinstance(value, Mapping):
                teams = scope.lookup("team_of")
                if value.get("team") in teams:
                    names["team"] = teams[value["team"]]
            inner = Scope(names, scope)
            if self._holds(item, path, inner):
                yield inner, names

    def _holds(self, item: Mapping[str, Any], path: KeyPath, scope: Scope) -> bool:
        if "when" not in item:
            return True
        condition = item["when"]
        if isinstance(condition, str):
            condition = self._expression(condition, (*path, "when"), scope)
        return bool(condition)

    def _mapping(
        self,
        item: Mapping[str, Any],
        path: KeyPath,
        scope: Scope,
        out: KeyPath,
        origin: dict[KeyPath, KeyPath],
    ) -> dict[str, Any]:
        control = {"for_each", "as", "when"} & item.keys() if isinstance(path[-1], int) else set()
        return {
            key: self._value(value, (*path, key), scope, (*out, key), origin)
            for key, value in item.items()
            if key not in control
        }

    def _value(self, value: Any, path: KeyPath, scope: Scope, out: KeyPath, origin: dict[KeyPath, KeyPath]) -> Any:  # noqa: ANN401
        if isinstance(value, str):
            return self._leaf(value, path, scope)
        if isinstance(value, Mapping):
            return self._mapping(value, path, scope, out, origin)
        if isinstance(value, list):
            return self._list(value, path, scope, out, origin)
        return value

    def _list(
        self,
        items: list[Any],
        path: KeyPath,
        scope: Scope,
        out: KeyPath,
        origin: dict[KeyPath, KeyPath],
    ) -> list[Any]:
        result: list[Any] = []
        for index, item in enumerate(items):
            real = (*path, index)
            scopes = self._repeat(item, real, scope) if isinstance(item, Mapping) else [(scope, {})]
            for inner, _ in scopes:
                place = (*out, len(result))
                origin[place] = real
                result.append(self._value(item, real, inner, place, origin))
        return result

    def _leaf(self, text: str, path: KeyPath, scope: Scope) -> Any:  # noqa: ANN401
        try:
            return self.engine.render(text, scope)
        except TemplateError as err:
            self._template_problem(err, path, text)
            return ""

    def _expression(self, text: str, path: KeyPath, scope: Scope) -> Any:  # noqa: ANN401
        try:
            return self.engine.evaluate(text, scope)
        except TemplateError as err:
            self._template_problem(err, path, text)
            return None

    def _template_problem(self, err: TemplateError, path: KeyPath, text: str) -> None:
        offset = err.offset or 0
        if err.line and err.line > 1:
            offset = sum(len(line) + 1 for line in text.split("\n")[: err.line - 1])
        where = self.document.inside(path, offset)
        problem = Problem(f"template: {err.what}", where, fix=err.fix, rule="template")
        if problem not in self.problems:
            self.problems.append(problem)

    def _report(self, path: KeyPath, what: str, fix: str) -> None:
        self.problems.append(Problem(what, self.document.at(path), fix=fix, rule="template"))
