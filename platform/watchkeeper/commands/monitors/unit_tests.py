"""`monitors test`: finds the tests, resolves what they name, runs them."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.monitors.subjects import declared_subjects, exported_subjects
from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem, UsageError, did_you_mean
from watchkeeper.monitors.alerting import monitor_rules
from watchkeeper.monitors.message import MessageSyntaxError, check_message
from watchkeeper.monitors.playback import Member, member_ids, members_below, queried_metrics
from watchkeeper.monitors.subject import Subject
from watchkeeper.monitors.unit_tests.coverage import Coverage, coverage
from watchkeeper.monitors.unit_tests.load import Loaded, files_of_tests, load_tests
from watchkeeper.monitors.unit_tests.model import TestResult, UnitTest
from watchkeeper.monitors.unit_tests.run import run_test
from watchkeeper.project.model import Environment
from watchkeeper.project.source import KeyPath
from watchkeeper.query.forms import MemberId
from watchkeeper.query.lexer import QuerySyntaxError


@dataclass(frozen=True, slots=True)
class TestRun:
    """Results in the order of files and tests. subjects: every monitor of every environment that a test names."""

    __test__ = False

    results: Sequence[TestResult]
    subjects: Sequence[Subject]
    warnings: Sequence[Problem]


def run_unit_tests(
    session: Session,
    only: Path | None = None,
    pattern: str = "",
    seen: Callable[[TestResult], None] = lambda _: None,
) -> TestRun:
    """Run the tests below `only` whose `file::name` matches `pattern`. seen: is told each result.

    Raises ConfigError with every problem of every test file, UsageError when there is nothing to run.
    """
    wanted = _pattern(pattern)
    files = files_of_tests(session.root, only)
    if not files:
        fix = "write monitors/tests/<name>.yaml; see docs/tutorial/test-a-monitor.md"
        raise UsageError(f"there are no monitor tests {f'at {only}' if only else 'in monitors/tests/'}", fix)
    loaded = load_tests(session.root, files, session.environment.name)
    subjects = _Subjects(session, loaded.problems)
    warnings: list[Problem] = []
    resolved = list(_resolved(loaded, subjects, warnings))
    if loaded.problems:
        raise ConfigError(loaded.problems)
    chosen = [each for each in resolved if wanted.search(f"{each[0].file}::{each[0].name}")]
    if not chosen:
        hint = did_you_mean(pattern, [test.name for test, _, _ in resolved]) or "a test is matched as FILE::NAME"
        raise UsageError(f"no test matches `{pattern}`" if pattern else "the files hold no test", hint)
    results = []
    for test, subject, members in chosen:
        started = time.perf_counter()
        result = TestResult(test=test) if test.skip else run_test(test, subject, members)
        results.append(replace(result, wall_s=time.perf_counter() - started))
        seen(results[-1])
    return TestRun(results, subjects.all(), warnings)


def _pattern(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as err:
        raise UsageError(
            f"--run: `{pattern}` is not a regular expression: {err.msg}", "quote it for the shell"
        ) from err


class _Subjects:
    """The monitors of each environment that a test names, loaded once."""

    def __init__(self, session: Session, problems: list[Problem]) -> None:
        self._session = session
        self._problems = problems
        self._by_env: dict[str, dict[str, Subject]] = {}
        self._exported: dict[str, list[Subject]] = {}
        self.failed: set[str] = set()

    @property
    def environments(self) -> Mapping[str, Environment]:
        return self._session.project.environments

    def all(self) -> list[Subject]:
        return [subject for found in self._by_env.values() for subject in found.values()]

    def of_env(self, env: str) -> dict[str, Subject]:
        if env not in self._by_env:
            self._by_env[env] = {}
            session = replace(self._session, environment=self._session.project.environment(env))
            try:
                declared = declared_monitors(session)
            except ConfigError as err:
                self.failed.add(env)
                self._problems += [problem for problem in err.problems if problem not in self._problems]
            else:
                self._by_env[env] = {subject.id: subject for subject in declared_subjects(declared)}
        return self._by_env[env]

    def exported(self, file: str) -> list[Subject]:
        if file not in self._exported:
            self._exported[file] = exported_subjects(self._session.root, self._session.root / file)
        return self._exported[file]


_Resolved = tuple[UnitTest, Subject, Mapping[MemberId, Member]]


def _resolved(loaded: Loaded, subjects: _Subjects, warnings: list[Problem]) -> Iterator[_Resolved]:
    for test in loaded.tests:
        subject = _playable(test, test.monitor, ("monitor",), subjects, loaded.problems)
        if subject is None:
            continue
        members = _members(test, subject, subjects, loaded.problems)
        warnings += _unused_series(test, [subject, *(each for each in members.values() if isinstance(each, Subject))])
        yield test, subject, members


def _members(
    test: UnitTest, subject: Subject, subjects: _Subjects, problems: list[Problem]
) -> Mapping[MemberId, Member]:
    """Those that the test gives; a declared monitor is played through itself where the test says nothing of it."""
    found: dict[MemberId, Member] = {}
    played: dict[MemberId, Subject | None] = {}
    wanted = member_ids(subject)
    for index, given in enumerate(test.members):
        where = test.document.at((*test.path, "members", index))
        if given.id not in wanted:
            fix = f"it combines {', '.join(map(str, wanted))}"
            fix = fix if wanted else "only composites, and alerts on objectives that are made of monitors, have members"
            problems.append(Problem(f"{given.id} is no member of `{subject.id}`", where, fix=fix, rule="wrong-value"))
        elif given.monitor:
            played[given.id] = _playable(test, given.monitor, ("members", index, "monitor"), subjects, problems)
        else:
            found[given.id] = given.states
    given_ids = {each.id for each in test.members}
    left = [name for name in dict.fromkeys(wanted) if name not in given_ids]
    played |= {name: _playable(test, name, ("monitor",), subjects, problems) for name in left if isinstance(name, str)}
    found |= {name: member for name, member in played.items() if member is not None}
    below = {name: each for member in played.values() if member for name, each in _below(member, test, subjects)}
    found = {**{name: each for name, each in below.items() if name not in found}, **found}
    missing = [str(number) for number in left if isinstance(number, int)]
    if missing:
        where = test.document.at((*test.path, "monitor"))
        fix = f"add `members: [{{id: {missing[0]}, states: OKx5 Alertx5}}]`, or name its monitor"
        kind = "composite" if subject.definition.get("type") == "composite" else "alert"
        what = f"the {kind} `{subject.id}` needs its members {', '.join(missing)}"
        problems.append(Problem(what, where, fix=fix, rule="missing-key"))
    return found


def _below(member: Subject, test: UnitTest, subjects: _Subjects) -> Iterable[tuple[MemberId, Subject]]:
    """The declared members of a member: monitors that an objective is made of."""
    known: dict[MemberId, Subject] = {}
    known.update(subjects.of_env(test.env) if test.env else {})
    return members_below(member, known).items()


def _playable(test: UnitTest, name: str, path: KeyPath, subjects: _Subjects, problems: list[Problem]) -> Subject | None:
    """A monitor that a test names; None where that is none, or cannot be played through."""
    found = _subject(test, name, path, subjects, problems)
    problem = _unreadable(test, found) if found is not None else None
    if problem is not None:
        problems.append(problem)
    return None if problem is not None else found


def _subject(test: UnitTest, name: str, path: KeyPath, subjects: _Subjects, problems: list[Problem]) -> Subject | None:
    where = test.document.at((*test.path, *path))
    if name.endswith(".json"):
        try:
            found = subjects.exported(name)
        except ConfigError as err:
            problems += [problem for problem in err.problems if problem not in problems]
            return None
        if len(found) == 1:
            return found[0]
        fix = "export one monitor to a file of its own"
        problems.append(Problem(f"{name} holds {len(found)} monitors", where, fix=fix, rule="wrong-value"))
        return None
    environments = subjects.environments
    if test.env not in environments:
        fix = did_you_mean(test.env, environments) or f"one of: {', '.join(environments)}"
        place = test.document.at((*test.path, "env"))
        problems.append(Problem(f"unknown environment `{test.env}`", place, fix=fix, rule="unknown-reference"))
        return None
    known = subjects.of_env(test.env)
    if name not in known and test.env not in subjects.failed:
        near = [each for each in known if each.rpartition("/")[2] == name.rpartition("/")[2]]
        fix = did_you_mean(name, known) or (f"did you mean `{near[0]}`?" if near else "see: monitors render")
        what = f"`{test.env}` has no monitor `{name}`"
        problems.append(Problem(what, where, fix=fix, rule="unknown-reference"))
    return known.get(name)


def _unreadable(test: UnitTest, subject: Subject) -> Problem | None:
    """Why a monitor cannot be played through."""
    where = test.document.at((*test.path, "monitor"))
    try:
        monitor_rules(subject.definition)
        queried_metrics(subject)
    except QuerySyntaxError as err:
        return Problem(f"the query of `{subject.id}` cannot be evaluated: {err}", where, fix=err.fix, rule="query")
    try:
        check_message(str(subject.definition.get("message") or ""))
    except MessageSyntaxError as err:
        return Problem(f"the message of `{subject.id}` cannot be rendered: {err}", where, rule="message-blocks")
    return None


def _unused_series(test: UnitTest, subjects: Sequence[Subject]) -> Iterator[Problem]:
    metrics = {metric for subject in subjects for metric in queried_metrics(subject)}
    for index, series in enumerate(test.series):
        if series.metric not in metrics:
            where = test.document.at((*test.path, "series", index))
            fix = did_you_mean(series.metric, metrics) or f"it asks for {', '.join(sorted(metrics)) or 'no series'}"
            what = f"the query of `{subjects[0].id}` does not ask for `{series.metric}`"
            yield Problem(what, where, fix=fix, rule="unused-series", severity="warning")


def coverage_of_run(run: TestRun) -> Coverage:
    """What the tests that were run reach, of the environments that they name."""
    return coverage(run.subjects, run.results)


def write_report(path: Path, text: str) -> None:
    """Write a report whole or not at all. Raises UsageError where that cannot be done."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as err:
        raise UsageError(f"cannot write {path}: {err.strerror}", "name a file in a folder that can be written") from err


def wait_for_change(root: Path, before: Mapping[Path, int], *, every_s: float = 0.3) -> None:
    """Return when a file that tests depend on differs from `before`, which `file_stamps` gave."""
    while file_stamps(root) == before:
        time.sleep(every_s)


def file_stamps(root: Path) -> dict[Path, int]:
    """When each file that tests depend on was changed, in nanoseconds."""
    files = [root / "watchkeeper.yaml", *(root / "monitors").rglob("*"), *(root / "platform" / "routing").rglob("*")]
    stamps = {}
    for file in files:
        with suppress(OSError):
            stamps[file] = file.stat().st_mtime_ns
    return stamps
