"""Rule composite-members."""

import shutil
from pathlib import Path

from tests.monitors.lint.twins import TODAY, assert_twins, catalogue
from watchkeeper.commands.session import open_session
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.declared import subject_of
from watchkeeper.monitors.lint.engine import lint
from watchkeeper.monitors.lint.rules.composite_members import RULE
from watchkeeper.monitors.load import load_monitors


def test_composite_members_is_found_and_its_twin_is_not() -> None:
    """A composite of composites."""
    assert_twins(RULE)


def test_a_declared_composite_of_a_declared_composite_is_found(root: Path, tmp_path: Path) -> None:
    """By the name that its query refers to."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    (tmp_path / "monitors").mkdir()
    (tmp_path / "monitors" / "m.yaml").write_text(
        "monitors:\n"
        "  - {id: a, name: A, type: query alert, query: 'avg(last_5m):avg:x{*} > 1', urgency: notify, message: a}\n"
        "  - {id: b, name: B, type: composite, query: << monitor('a') >>, urgency: notify, message: b}\n"
        "  - {id: c, name: C, type: composite, query: << monitor('a') >> && << monitor('b') >>, urgency: notify,\n"
        "     message: c}\n"
    )
    session = open_session(tmp_path, "prod", environ={})
    subjects = [subject_of(monitor) for monitor in load_monitors(session.project, session.environment)]

    found = lint(subjects, Context(catalogue=catalogue()), (RULE,), today=TODAY, sources={})

    (finding,) = found.findings
    assert finding.problem.what == "monitor b is a composite itself"
    assert finding.subject
    assert finding.subject.label == "c"
