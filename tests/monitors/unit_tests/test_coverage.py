"""What the tests of a project never reach."""

from pathlib import Path

from watchkeeper.monitors.message import branches_of
from watchkeeper.monitors.subject import Subject
from watchkeeper.monitors.unit_tests.coverage import coverage
from watchkeeper.monitors.unit_tests.load import load_tests
from watchkeeper.monitors.unit_tests.run import run_test

MESSAGE = "{{#is_alert}}bad{{/is_alert}}{{#is_recovery}}good{{else}}still{{/is_recovery}}"
TEST = 'tests: [{name: t, monitor: a, series: [{metric: m, values: "20x3"}], expect: [{at: 2m, state: Alert}]}]\n'


def monitor(name: str, service: str, message: str = MESSAGE) -> Subject:
    definition = {
        "name": name,
        "type": "query alert",
        "query": "avg(last_1m):avg:m{*} > 10",
        "message": message,
        "options": {"thresholds": {"critical": 10, "warning": 5}},
    }
    return Subject(id=f"{service}/{name}", declaration=name, env="local", definition=definition, reaches=())


def test_coverage_counts_monitors_transitions_and_parts_of_messages(tmp_path: Path) -> None:
    """A test of one service serves its declaration; what it never made happen is listed."""
    (tmp_path / "t.yaml").write_text(TEST)
    (test,) = load_tests(tmp_path, ["t.yaml"], "local").tests
    subjects = [monitor("a", "api"), monitor("a", "reports"), monitor("b", "api", "plain")]

    found = coverage(subjects, [run_test(test, subjects[0])])

    assert (found.monitors, found.transitions, found.branches) == ((2, 1), (6, 1), (3, 2))
    assert [(gap.declaration, gap.tests, gap.transitions, gap.branches) for gap in found.gaps] == [
        ("a", 1, ("recovery", "warning"), ("{{#is_recovery}}",)),
        ("b", 0, ("alert", "recovery", "warning"), ()),
    ]


def test_the_parts_of_a_message_are_named_as_they_are_written() -> None:
    """Nested and negated ones too."""
    text = '{{#is_alert}}{{#is_match "host.name" "db"}}x{{/is_match}}{{/is_alert}}{{^is_recovery}}y{{/is_recovery}}'

    assert branches_of(text) == ["{{#is_alert}}", '{{#is_match "host.name" "db"}}', "{{^is_recovery}}"]
