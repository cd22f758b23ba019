"""`monitors/tests/*.yaml` to unit tests, every problem of every file at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.monitors.downtime import Downtime, downtime_from_json
from watchkeeper.monitors.load import FOLDER as MONITORS
from watchkeeper.monitors.rules import State
from watchkeeper.monitors.unit_tests.model import START, Expectation, InputSeries, MemberInput, UnitTest
from watchkeeper.monitors.unit_tests.notation import NotationError, parse_duration_s, parse_values, parse_words
from watchkeeper.monitors.unit_tests.shapes import DowntimeShape, ExpectationShape, MemberShape, SeriesShape, TestShape
from watchkeeper.project.source import Document, KeyPath, read_document
from watchkeeper.project.validate import locate_in, validate
from watchkeeper.timeline import utc_text

FOLDER: Final = f"{MONITORS}/tests"
STATUSES: Final = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
"""Of a service check; their numbers are those of its runs."""
STATES: Final = ("OK", "WARN", "ALERT", "NODATA")
MEMBER_STATES: Final[Sequence[State]] = ("OK", "Warn", "Alert", "No Data")


@dataclass(slots=True)
class Loaded:
    """The tests that could be read, and everything that is wrong with the others."""

    tests: list[UnitTest] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def files_of_tests(root: Path, only: Path | None = None) -> list[str]:
    """The test files of a project, relative to its root; only those at or below `only` when it is given.

    A file that is named itself may stand anywhere in the project.
    """
    base = root.resolve()
    found = sorted(path for path in (root / FOLDER).rglob("*.y*ml") if path.suffix in (".yaml", ".yml"))
    if only is not None:
        target = (root / only if (root / only).exists() else only).resolve()
        found = [path for path in found if path.resolve().is_relative_to(target)]
        if target.is_file() and target.is_relative_to(base):
            return [target.relative_to(base).as_posix()]
    return [path.relative_to(root).as_posix() for path in found]


def load_tests(root: Path, files: list[str], default_env: str) -> Loaded:
    """Read test files; nothing is raised, all problems are in the answer. default_env: of tests that name none."""
    loaded = Loaded()
    for file in files:
        try:
            document = read_document(root, file)
        except ConfigError as err:
            loaded.problems += err.problems
            continue
        for index, item in enumerate(_items(document, loaded.problems)):
            test = _Reader(document, ("tests", index), loaded.problems).test(item, default_env)
            if test is not None:
                loaded.tests.append(test)
    return loaded


def _items(document: Document, problems: list[Problem]) -> list[Any]:
    data = document.data
    if not isinstance(data, Mapping):
        fix = "start with `tests:`"
        problems.append(Problem("a file of monitor tests is a mapping", Location(document.file), fix=fix))
        return []
    for key in data:
        if key != "tests":
            fix = did_you_mean(key, ["tests"]) or "the tests stand under `tests:`"
            problems.append(Problem(f"unknown key `{key}`", document.at_key((key,)), fix=fix, rule="unknown-key"))
    items = data.get("tests")
    if not isinstance(items, list):
        where = document.at(("tests",))
        problems.append(Problem("`tests` must be a list", where, fix="write `- name: ...`", rule="wrong-value"))
        return []
    return items


class _Reader:
    """Reads one test and reports what is wrong with it."""

    def __init__(self, document: Document, path: KeyPath, problems: list[Problem]) -> None:
        self.document = document
        self.path = path
        self.problems = problems
        self.before = len(problems)

    def test(self, item: object, default_env: str) -> UnitTest | None:
        name = item.get("name", "?") if isinstance(item, Mapping) else "?"
        try:
            found = validate(TestShape, item, locate_in((self.document, self.path)), what=f"test `{name}`")
        except ConfigError as err:
            self.problems += err.problems
            # What can still be read is read, so that one run shows everything.
            if isinstance(item, Mapping):
                self._read_loosely(item)
            return None
        interval_s = self._duration(found.interval, "interval")
        start = self._start(found.start)
        series = [self._series(each, index, interval_s) for index, each in enumerate(found.series)]
        downtimes = [self._downtime(each, index, start) for index, each in enumerate(found.downtimes)]
        members = [self._member(each, index) for index, each in enumerate(found.members)]
        expect = [self._expectation(each, index) for index, each in enumerate(found.expect)]
        self.problems += self._doubles(series)
        if not expect:
            self._report("a test that expects nothing", self.document.at((*self.path, "expect")), "add `- {at: ...}`")
        if len(self.problems) > self.before:
            return None
        return UnitTest(
            name=found.name,
            env=found.env or default_env,
            monitor=found.monitor,
            start=start,
            series=series,
            expect=expect,
            downtimes=[each for each in downtimes if each is not None],
            members=members,
            skip=found.skip,
            document=self.document,
            path=self.path,
        )

    def _read_loosely(self, item: Mapping[str, Any]) -> None:
        series, expect = item.get("series"), item.get("expect")
        for index, each in enumerate(series if isinstance(series, list) else ()):
            if isinstance(each, Mapping) and isinstance(each.get("values"), str) and "check" not in each:
                self._values(each["values"], "series", index, "values")
        for index, each in enumerate(expect if isinstance(expect, list) else ()):
            if isinstance(each, Mapping) and isinstance(each.get("at"), str):
                self._duration(each["at"], "expect", index, "at")

    def _report(self, what: str, where: Location, fix: str) -> None:
        self.problems.append(Problem(what, where, fix=fix, rule="wrong-value"))

    def _duration(self, text: str | int, *path: str | int) -> int:
        if isinstance(text, int):
            return text
        try:
            return parse_duration_s(text)
        except NotationError as err:
            self._report(str(err), self.document.at((*self.path, *path)), err.fix)
            return 60

    def _values(self, text: str, *path: str | int, words: Sequence[str] | None = None) -> list[float | None]:
        try:
            return parse_values(text) if words is None else parse_words(text, words)
        except NotationError as err:
            self._report(str(err), self.document.inside((*self.path, *path), err.at), err.fix)
            return []

    def _start(self, start: str | int | None) -> int:
        if start is None:
            return START
        if isinstance(start, str):
            try:
                moment = datetime.fromisoformat(start)
            except ValueError:
                where = self.document.at((*self.path, "start"))
                self._report(f"`{start}` is not an instant", where, "write 2026-01-05T00:00:00Z or Unix seconds")
                return START
            start = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
        if start % 60:
            where = self.document.at((*self.path, "start"))
            self._report("a test starts at a full minute", where, "set the seconds to 00: monitors run each minute")
        return start

    def _series(self, found: SeriesShape, index: int, interval_s: int) -> InputSeries:
        if found.interval is not None:
            interval_s = self._duration(found.interval, "series", index, "interval")
        if interval_s < 1:
            self._report("an interval is at least 1s", self.document.at((*self.path, "series", index)), "write 60s")
        if sum(map(bool, (found.metric, found.logs, found.check))) != 1:
            fix = "name one `metric:`, one search of `logs:` or one service `check:`"
            self._report("a series of nothing", self.document.at((*self.path, "series", index)), fix)
        return InputSeries(
            # The evaluator finds what a search counts in the series that is named after it.
            metric=found.metric or found.check or f'logs("{found.logs}")',
            tags=frozenset(tag.lower() for tag in found.tags),
            values=self._values(str(found.values), "series", index, "values", words=STATUSES if found.check else None),
            kind=found.kind or ("count" if found.logs else None),
            interval_s=max(1, interval_s),
        )

    def _downtime(self, found: DowntimeShape, index: int, start: int) -> Downtime | None:
        begins = start + self._duration(found.start, "downtimes", index, "start")
        ends = None if found.end is None else start + self._duration(found.end, "downtimes", index, "end")
        where = self.document.at((*self.path, "downtimes", index))
        schedule: dict[str, Any] = {"start": utc_text(begins), "end": None if ends is None else utc_text(ends)}
        if found.rrule is not None:
            if found.duration is None:
                self._report("a recurring downtime needs its length", where, "add `duration: 1h`")
                return None
            length_s = self._duration(found.duration, "downtimes", index, "duration")
            first = datetime.fromtimestamp(begins, ZoneInfo(found.time_zone)).replace(tzinfo=None).isoformat()
            recurrence = {"rrule": found.rrule, "start": first, "duration": f"{length_s}s"}
            schedule = {"timezone": found.time_zone, "recurrences": [recurrence]}
        which = {"monitor_tags": list(found.monitor_tags)}
        body = {"attributes": {"scope": found.scope, "monitor_identifier": which, "schedule": schedule}}
        try:
            return downtime_from_json(body)
        except ConfigError as err:
            self._report(err.problems[0].what, where, "write start, end and scope as Datadog's downtimes take them")
            return None

    def _member(self, found: MemberShape, index: int) -> MemberInput:
        if bool(found.monitor) == bool(found.states):
            where = self.document.at((*self.path, "members", index))
            self._report(
                "a member is a monitor or a row of states", where, "write `monitor:` or `states: OKx5 Alertx3`"
            )
        codes = self._values(found.states, "members", index, "states", words=STATES)
        names: list[State | None] = [None if code is None else MEMBER_STATES[int(code)] for code in codes]
        return MemberInput(id=found.id, monitor=found.monitor, states=names)

    def _expectation(self, found: ExpectationShape, index: int) -> Expectation:
        path: KeyPath = (*self.path, "expect", index)
        at_s = self._duration(found.at, "expect", index, "at")
        for name in ("title", "message"):
            text = getattr(found, name)
            if text is not None and is_pattern(text):
                try:
                    re.compile(text[1:-1])
                except re.error as err:
                    where = self.document.inside((*path, name), 1 + (err.pos or 0))
                    self._report(f"not a regular expression: {err.msg}", where, "mend the text between the slashes")
        asked = (found.state, found.value, found.title, found.message, found.reaches, found.notices)
        if all(each is None for each in asked):
            fix = "add state, value, title, message, reaches or notices"
            self._report("an expectation that expects nothing", self.document.at(path), fix)
        group = (found.group,) if isinstance(found.group, str) else found.group
        return Expectation(
            at=str(found.at) if isinstance(found.at, str) else f"{found.at}s",
            at_s=at_s,
            group=None if group is None else frozenset(tag.lower() for tag in group),
            state=found.state,
            value=found.value,
            title=found.title,
            message=found.message,
            reaches=found.reaches,
            notices=found.notices,
            is_exact=found.exact,
            path=path,
        )

    def _doubles(self, series: list[InputSeries]) -> Iterator[Problem]:
        seen: set[tuple[str, frozenset[str]]] = set()
        for index, each in enumerate(series):
            if (each.metric, each.tags) in seen:
                where = self.document.at((*self.path, "series", index))
                what = f"a second series of `{each.metric}` with the same tags"
                yield Problem(what, where, fix="write one series, or tell them apart by a tag", rule="duplicate-series")
            seen.add((each.metric, each.tags))


def is_pattern(text: str) -> bool:
    """Whether a text is a regular expression between slashes."""
    return len(text) > 1 and text.startswith("/") and text.endswith("/")
