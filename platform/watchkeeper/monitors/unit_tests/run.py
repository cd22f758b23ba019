"""Runs a unit test: the series through the monitor, minute by minute, and every expectation held against it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import isclose, isnan
from types import MappingProxyType
from typing import Final

from watchkeeper.monitors.alerting import MonitorMemory, any_query, monitor_rules
from watchkeeper.monitors.message import format_value
from watchkeeper.monitors.playback import Member, Notice, Step, notice_of, play, queried_metrics
from watchkeeper.monitors.rules import State
from watchkeeper.monitors.state import GroupState
from watchkeeper.monitors.subject import Subject
from watchkeeper.monitors.unit_tests.load import is_pattern
from watchkeeper.monitors.unit_tests.model import (
    Course,
    Expectation,
    Failure,
    InputSeries,
    Moment,
    TestResult,
    UnitTest,
)
from watchkeeper.query.forms import CheckQuery, CompositeQuery, MemberId
from watchkeeper.query.series import Kind, MemorySeries, Series

_CLOSE: Final = 1e-9
_NOBODY: Final = GroupState()


def run_test(test: UnitTest, subject: Subject, members: Mapping[MemberId, Member] = MappingProxyType({})) -> TestResult:
    """members: of a composite, as it names them. Raises QuerySyntaxError, MessageSyntaxError."""
    last_s = max(each.at_s for each in test.expect)
    source = input_series(test, [subject, *(each for each in members.values() if isinstance(each, Subject))])
    end = test.start + last_s
    steps = list(play(subject, source, test.start, end, downtimes=test.downtimes, members=members))
    notices = [notice_of(subject, transition) for step in steps for transition in step.transitions]
    failures = list(_failures(test, steps, notices))
    return TestResult(
        test=test,
        subject=subject,
        failures=failures,
        notices=notices,
        courses=[_course(test, steps, failures, group) for group in dict.fromkeys(_groups(failures))],
    )


def _groups(failures: Sequence[Failure]) -> Iterator[frozenset[str] | None]:
    return (failure.expectation.group for failure in failures)


def _course(test: UnitTest, steps: Sequence[Step], failures: Sequence[Failure], group: frozenset[str] | None) -> Course:
    failed = [failure.expectation.at_s for failure in failures if failure.expectation.group == group]
    return Course(group, [_moment(test, step, group) for step in steps], failed)


def input_series(test: UnitTest, subjects: Sequence[Subject]) -> MemorySeries:
    """The test's samples as series. A metric that the query counts is a counter, any other a gauge, unless said."""
    kinds: dict[str, Kind] = {}
    for subject in subjects:
        kinds |= queried_metrics(subject)
    return MemorySeries(_series(test.start, each, each.kind or kinds.get(each.metric, "gauge")) for each in test.series)


def _series(start: int, given: InputSeries, kind: Kind) -> Series:
    samples = [
        (start + index * given.interval_s, value) for index, value in enumerate(given.values) if value is not None
    ]
    return Series(
        given.metric, given.tags, [at for at, _ in samples], [value for _, value in samples], kind, given.interval_s
    )


def _failures(test: UnitTest, steps: Sequence[Step], notices: Sequence[Notice]) -> Iterator[Failure]:
    for expectation in test.expect:
        at = test.start + expectation.at_s
        # Between two evaluations the earlier one counts.
        step = next(step for step in reversed(steps) if step.at <= at)
        until = [notice for notice in _of_group(notices, expectation.group) if notice.transition.at <= at]
        expected, seen = differences(expectation, step, until)
        if expected:
            yield Failure(expectation, test.document.at(expectation.path), expected, seen)


def _of_group(notices: Sequence[Notice], group: frozenset[str] | None) -> Sequence[Notice]:
    """The notices of a group; without one those that people may hear of: of bundles, where groups are bundled."""
    if group is not None:
        return [notice for notice in notices if frozenset(notice.transition.group) == group]
    bundles = [notice for notice in notices if notice.transition.is_bundle]
    return bundles or notices


def differences(
    expectation: Expectation, step: Step, notices: Sequence[Notice]
) -> tuple[dict[str, object], dict[str, object]]:
    """The fields that are not as expected, and what they are. notices: of the group, until then."""
    expected: dict[str, object] = {}
    seen: dict[str, object] = {}

    def compare(name: str, wanted: object, found: object, *, holds: bool) -> None:
        if wanted is not None and not holds:
            expected[name] = list(wanted) if isinstance(wanted, tuple) else wanted
            seen[name] = list(found) if isinstance(found, tuple) else found

    state, value = seen_at(step.memory, expectation.group)
    latest = notices[-1] if notices else None
    rendered = latest.rendered if latest else None
    title, message = (rendered.title, rendered.message) if rendered else ("", "")
    reaches = latest.reaches if latest else ()
    told = sum(notice.transition.notifies for notice in notices)
    is_exact = expectation.is_exact
    compare("state", expectation.state, state, holds=expectation.state == state)
    compare("value", expectation.value, value, holds=_same_value(expectation.value, value, is_exact=is_exact))
    compare("title", expectation.title, title, holds=_fits(expectation.title, title, is_exact=is_exact))
    compare("message", expectation.message, message, holds=_fits(expectation.message, message, is_exact=is_exact))
    compare("reaches", expectation.reaches, reaches, holds=_reaches(expectation.reaches, reaches, is_exact=is_exact))
    compare("notices", expectation.notices, told, holds=expectation.notices == told)
    return expected, seen


def seen_at(memory: MonitorMemory, group: frozenset[str] | None) -> tuple[State, float | None]:
    """State and value of a group or bundle; without one those of the group that is worst off."""
    if group is not None:
        known = (*memory.groups.items(), *memory.bundles.items())
        found = next((state for name, state in known if frozenset(name) == group), _NOBODY)
        return found.state, found.value
    overall = memory.overall
    worst = next((state for _, state in sorted(memory.groups.items()) if state.state == overall), _NOBODY)
    return overall, worst.value


def _same_value(wanted: float | None, found: float | None, *, is_exact: bool) -> bool:
    if wanted is None:
        return True
    if found is None:
        return False
    if isclose(wanted, found, rel_tol=_CLOSE, abs_tol=_CLOSE * 1e-3):
        return True
    # As people read it in a message; a value that is shown as 0 must be one.
    shown = format_value(wanted)
    return not is_exact and shown == format_value(found) and shown != "0" and float(shown) == wanted


def _fits(wanted: str | None, found: str, *, is_exact: bool) -> bool:
    if wanted is None:
        return True
    if is_pattern(wanted):
        pattern = re.compile(wanted[1:-1], re.MULTILINE)
        return (pattern.fullmatch(found) if is_exact else pattern.search(found)) is not None
    return found == wanted.strip() if is_exact else wanted.strip() in found


def _reaches(wanted: tuple[str, ...] | None, found: tuple[str, ...], *, is_exact: bool) -> bool:
    if wanted is None:
        return True
    if is_exact or not wanted:
        return set(wanted) == set(found)
    return all(
        any(re.fullmatch(each[1:-1], name) if is_pattern(each) else each == name for name in found) for each in wanted
    )


def _moment(test: UnitTest, step: Step, group: frozenset[str] | None) -> Moment:
    state, value = seen_at(step.memory, group)
    return Moment(step.at - test.start, state, value)


def counts(results: Sequence[TestResult]) -> Mapping[str, int]:
    """How many tests passed, failed and were skipped."""
    return {
        "passed": sum(result.is_ok and not result.is_skipped for result in results),
        "failed": sum(not result.is_ok for result in results),
        "skipped": sum(result.is_skipped for result in results),
    }


def thresholds_of(subject: Subject) -> list[tuple[str, float]]:
    """The thresholds of a monitor by their names, the one of the alert first; none where states are counted."""
    if isinstance(any_query(subject.definition), CheckQuery | CompositeQuery):
        return []
    rules = monitor_rules(subject.definition)
    named = [("alert", rules.critical), ("warn", rules.warning)]
    return [(name, value) for name, value in named if value is not None and not isnan(value)]
