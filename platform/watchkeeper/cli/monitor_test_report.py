"""Results of monitor tests as text, JSON and JUnit XML."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, Final
from xml.etree import ElementTree as ET

from watchkeeper.cli.plot import plot_lines, spark_line, width_of
from watchkeeper.cli.terminal import colour
from watchkeeper.monitors.alerting import monitor_approximations
from watchkeeper.monitors.message import format_value
from watchkeeper.monitors.unit_tests.coverage import Coverage
from watchkeeper.monitors.unit_tests.model import Failure, TestResult
from watchkeeper.monitors.unit_tests.run import thresholds_of

_WIDTH: Final = 80
_INDENT: Final = " " * 5
_PLOTTED: Final = 3
"""Groups that are drawn of one test."""


def result_lines(result: TestResult) -> Iterator[str]:
    """One line of a test that passed; of one that failed, what differs and a plot."""
    test = result.test
    title = f"{test.file}::{test.name}"
    if result.is_skipped:
        yield f"{colour('skip', 'yellow')} {title} ({test.skip})"
        return
    if result.is_ok:
        yield f"{colour('ok', 'green')}   {title}"
        return
    yield from _wrapped(f"FAIL {title}", "", " " * 5, ("FAIL", colour("FAIL", "red")))
    assert result.subject is not None
    yield from _wrapped(f"{result.subject.id} in {test.env}: {result.subject.definition['query']}", _INDENT, _INDENT)
    for failure in result.failures:
        yield from _failure_lines(failure)
    for course in result.courses[:_PLOTTED]:
        if course.group is not None:
            yield from _wrapped(f"value of {','.join(sorted(course.group))}", _INDENT, _INDENT)
        for line in plot_lines(course.moments, thresholds_of(result.subject), course.failed_s):
            yield f"{_INDENT}{line}".rstrip()
    if len(result.courses) > _PLOTTED:
        yield f"{_INDENT}(and {len(result.courses) - _PLOTTED} more groups)"
    moments = result.courses[0].moments
    for series in test.series:
        samples = [(at * series.interval_s, value) for at, value in enumerate(series.values) if value is not None]
        name = f"{series.metric}{{{','.join(sorted(series.tags))}}}"
        yield f"{_INDENT}{spark_line(samples, moments[-1].at_s, width_of(moments))}"
        yield from _wrapped(name, _INDENT + " " * 12, _INDENT + " " * 12)


def _wrapped(text: str, first: str, others: str, marked: tuple[str, str] = ("", "")) -> Iterator[str]:
    """Lines of at most 80 columns, broken at blanks. first, others: what they begin with. marked: colours a word."""
    lines = wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )
    yield lines[0].replace(*marked, 1) if marked[0] else lines[0]
    yield from lines[1:]


def _failure_lines(failure: Failure) -> Iterator[str]:
    group = failure.expectation.group
    of_group = f" of {','.join(sorted(group))}" if group else ""
    yield f"     {failure.where}: at {failure.expectation.at}{of_group}"
    for name, wanted in failure.expected.items():
        yield from _value_lines(f"       {name:<8} expected ", _shown(wanted), "")
        yield from _value_lines(f"       {'':<8} seen     ", _shown(failure.seen[name]), "red")


def _value_lines(label: str, text: str, shade: str) -> Iterator[str]:
    """A value beside its label, every line of it below the first."""
    rest = " " * len(label)
    lines = [
        line
        for written in text.splitlines()
        for line in wrap(written, _WIDTH - len(label), break_long_words=False, break_on_hyphens=False) or [""]
    ]
    for number, line in enumerate(lines):
        yield f"{rest if number else label}{colour(line, shade) if shade else line}".rstrip()


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nobody"
    if isinstance(value, float):
        return format_value(value) if abs(value) >= 1e-3 else repr(value)  # noqa: PLR2004 - what three decimals show
    return str(value).strip() or "nothing"


def result_record(result: TestResult) -> Mapping[str, Any]:
    """The JSON form of a test's result."""
    test = result.test
    return {
        "name": test.name,
        "monitor": test.monitor,
        "ok": result.is_ok,
        "failures": [
            {
                "at": failure.expectation.at,
                "expected": dict(failure.expected),
                "seen": dict(failure.seen),
                "line": failure.where.line,
            }
            for failure in result.failures
        ],
        "env": test.env,
        "file": test.file,
        "line": test.where.line,
        "skipped": test.skip or None,
        "approximations": list(approximations_of([result])),
        "transitions": [
            {
                "at_s": notice.transition.at - test.start,
                "group": list(notice.transition.group),
                "from": notice.transition.previous,
                "to": notice.transition.current,
                "value": notice.transition.value,
                "reaches": list(notice.reaches),
            }
            for notice in result.notices
        ],
    }


def approximations_of(results: Sequence[TestResult]) -> Iterator[str]:
    """What of the tested monitors is approximated, each sentence once."""
    subjects = [result.subject for result in results if result.subject is not None]
    notes = ((subject.id, note) for subject in subjects for note in monitor_approximations(subject.definition))
    yield from dict.fromkeys(f"{name}: {note}" for name, note in notes)


def junit_xml(results: Sequence[TestResult]) -> str:
    """A JUnit report: one suite a file, one case a test."""
    root = ET.Element("testsuites", name="monitors test")
    by_file: dict[str, list[TestResult]] = {}
    for result in results:
        by_file.setdefault(result.test.file, []).append(result)
    for file, found in by_file.items():
        suite = ET.SubElement(
            root,
            "testsuite",
            name=file,
            tests=str(len(found)),
            failures=str(sum(not result.is_ok for result in found)),
            errors="0",
            skipped=str(sum(result.is_skipped for result in found)),
            time=f"{sum(result.wall_s for result in found):.3f}",
        )
        for result in found:
            case = ET.SubElement(
                suite,
                "testcase",
                classname=result.test.monitor,
                name=result.test.name,
                file=file,
                line=str(result.test.where.line),
                time=f"{result.wall_s:.3f}",
            )
            if result.is_skipped:
                ET.SubElement(case, "skipped", message=result.test.skip)
            elif not result.is_ok:
                ats = ", ".join(failure.expectation.at for failure in result.failures)
                failure = ET.SubElement(case, "failure", message=f"not as expected at {ats}")
                failure.text = _plain("\n".join(result_lines(result)))
            notes = list(approximations_of([result]))
            if notes:
                ET.SubElement(case, "system-out").text = _plain("\n".join(notes))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _plain(text: str) -> str:
    """Without what XML cannot carry: control characters of colours and of messages."""
    return "".join(char for char in text if char >= " " or char in "\n\t")


def coverage_lines(covered: Coverage) -> Iterator[str]:
    """What no test reaches, a declaration a line, and the three sums."""
    for gap in covered.gaps:
        missing = [*gap.transitions, *gap.branches]
        what = "no test" if not gap.tests else f"never reached: {', '.join(missing)}"
        place = f"{gap.where.file}:{gap.where.line}: " if gap.where else ""
        yield f"{place}{gap.declaration}: {colour(what, 'yellow')}"
    sums = (("monitors", covered.monitors), ("transitions", covered.transitions), ("message blocks", covered.branches))
    yield "coverage: " + ", ".join(f"{reached} of {total} {name}" for name, (total, reached) in sums)
