"""A unit test of a monitor, and what became of it. Times are seconds from the test's start unless said otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from watchkeeper.errors import Location
from watchkeeper.monitors.downtime import Downtime
from watchkeeper.monitors.playback import Notice
from watchkeeper.monitors.rules import State
from watchkeeper.monitors.subject import Subject
from watchkeeper.project.source import Document, KeyPath
from watchkeeper.query.forms import MemberId
from watchkeeper.query.series import Kind

START: Final = 1_767_571_200
"""2026-01-05T00:00:00Z, a Monday: where a test begins that does not say when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSeries:
    """The samples of one metric; None is a missing one. kind: None where the monitor's query decides."""

    metric: str
    tags: frozenset[str]
    values: Sequence[float | None]
    kind: Kind | None
    interval_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInput:
    """A monitor of a composite, as its query names it: one that is played through, or its states minute by minute."""

    id: MemberId
    monitor: str = ""
    states: Sequence[State | None] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is to be seen at an instant; None asks for nothing. at: as it was written.

    message, title: part of the text, or a regular expression between slashes. reaches: some of the recipients; none at
    all means that nobody may be told. notices: how often people have been told until then. is_exact: equality instead.
    """

    at: str
    at_s: int
    group: frozenset[str] | None = None
    state: State | None = None
    value: float | None = None
    title: str | None = None
    message: str | None = None
    reaches: tuple[str, ...] | None = None
    notices: int | None = None
    is_exact: bool = False
    path: KeyPath = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTest:
    """One test of a file. start: Unix seconds. skip: why it is not run."""

    name: str
    env: str
    monitor: str
    start: int
    series: Sequence[InputSeries]
    expect: Sequence[Expectation]
    downtimes: Sequence[Downtime] = ()
    members: Sequence[MemberInput] = ()
    skip: str = ""
    document: Document = field(compare=False, repr=False)
    path: KeyPath = field(compare=False, repr=False)

    @property
    def file(self) -> str:
        """The file it stands in, relative to the project's root."""
        return self.document.file

    @property
    def where(self) -> Location:
        """Where it is declared."""
        return self.document.at((*self.path, "name"))


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met: the fields that differ, as expected and as seen."""

    expectation: Expectation
    where: Location
    expected: Mapping[str, object]
    seen: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Moment:
    """One evaluation as a plot shows it. at_s: seconds from the start. state, value: of the group that is looked at."""

    at_s: int
    state: State
    value: float | None


@dataclass(frozen=True, slots=True)
class Course:
    """A group of which something else was expected, evaluation by evaluation. group: None for the one worst off.

    failed_s: when it was not as expected, seconds from the start.
    """

    group: frozenset[str] | None
    moments: Sequence[Moment]
    failed_s: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """What a test gave. subject is None when it was skipped. courses: of each group with a failed expectation."""

    __test__ = False

    test: UnitTest
    subject: Subject | None = None
    failures: Sequence[Failure] = ()
    notices: Sequence[Notice] = ()
    courses: Sequence[Course] = ()
    wall_s: float = 0.0

    @property
    def is_skipped(self) -> bool:
        """Whether it says `skip:`."""
        return bool(self.test.skip)

    @property
    def is_ok(self) -> bool:
        """Whether everything that was expected was seen."""
        return not self.failures
