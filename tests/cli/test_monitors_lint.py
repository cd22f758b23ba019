"""`monitors lint` as people and other tools call it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from sarif_kit.validate import validation_errors

from tests.projects import copied_declarations
from watchkeeper.cli.frame import run
from watchkeeper.cli.monitors import monitors

BROKEN: Final = {
    "name": "load",
    "type": "metric alert",
    "query": "avg(last_5m):avg:system.load.1{*} > 4",
    "message": "load, high\n100%",
    "options": {"thresholds": {"critical": 5}},
}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A file as Datadog exports it, in a folder that is no project."""
    file = tmp_path / "export.json"
    file.write_text(json.dumps(BROKEN, indent=2))
    return file


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations."""
    return copied_declarations(root, tmp_path)


def _lint(folder: Path, *arguments: str) -> int:
    return run(monitors, "monitors", ["lint", *arguments, "--project", str(folder), "--no-color"])


def _answer(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Mapping[str, Any]:
    _lint(folder, *arguments)
    answer: Mapping[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_datadogs_json_needs_no_project(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The finding points into the file, and errors end with 1."""
    assert _lint(export.parent, str(export)) == 1

    shown = capsys.readouterr().out
    assert "export.json:8:19: error: thresholds.critical is 5, the query compares with 4 [threshold-mismatch]" in shown
    assert '      "critical": 5\n' in shown
    assert shown.endswith("1 monitors: 1 error, 1 warning, 0 infos\n")


@pytest.mark.parametrize("shape", ["list", "folder", "definition", "monitors"])
def test_every_shape_of_an_export_is_read(export: Path, capsys: pytest.CaptureFixture[str], shape: str) -> None:
    """One object, a list, a folder of files, wrapped in `definition` or `monitors`."""
    wrapped = {"list": [BROKEN], "definition": {"title": "x", "definition": BROKEN}, "monitors": {"monitors": [BROKEN]}}
    export.write_text(json.dumps(wrapped.get(shape, BROKEN)))
    answer = _answer(export.parent, capsys, str(export.parent if shape == "folder" else export), "--json")

    assert answer["monitors"] == 1
    assert [finding["rule"] for finding in answer["findings"]] == ["metric-alert-renamed", "threshold-mismatch"]


def test_the_json_answer_has_the_documented_shape(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts rely on it."""
    answer = _answer(export.parent, capsys, str(export), "--json")

    assert answer["schema_version"] == 1
    assert answer["findings"][1] == {
        "rule": "threshold-mismatch",
        "severity": "error",
        "file": "export.json",
        "line": 8,
        "column": 19,
        "monitor": "load",
        "message": "thresholds.critical is 5, the query compares with 4",
        "fix": "leave `critical` out of the options: it is taken from the query",
    }


def test_sarif_names_rule_level_and_place(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Version 2.1.0, every rule described, every result with its rule."""
    log = _answer(export.parent, capsys, str(export), "--format", "sarif")
    (logged,) = log["runs"]
    rules = logged["tool"]["driver"]["rules"]
    warning, error = logged["results"]

    assert (log["version"], logged["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    assert (warning["level"], error["level"]) == ("warning", "error")
    assert rules[error["ruleIndex"]]["id"] == error["ruleId"] == "threshold-mismatch"
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules)
    (location,) = error["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "export.json"},
        "region": {"startLine": 8, "startColumn": 19},
    }


def test_sarif_fits_the_schema_of_its_standard(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That of OASIS, version 2.1.0 with its errata; with findings and without."""
    with_findings = _answer(export.parent, capsys, str(export), "--format", "sarif")
    export.write_text(json.dumps({**BROKEN, "type": "query alert", "options": {"thresholds": {"critical": 4}}}))
    without = _answer(export.parent, capsys, str(export), "--format", "sarif")

    assert (len(with_findings["runs"][0]["results"]), without["runs"][0]["results"]) == (2, [])
    assert [validation_errors(log) for log in (with_findings, without)] == [[], []]
    assert validation_errors({**without, "version": "2.0"})


def test_annotations_are_commands_of_github(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, special characters escaped."""
    _lint(export.parent, str(export), "--format", "github")
    warning, error = capsys.readouterr().out.splitlines()

    assert warning.startswith("::warning file=export.json,line=3,col=11,title=metric-alert-renamed::`metric alert`")
    assert error.startswith("::error file=export.json,line=8,col=19,title=threshold-mismatch::thresholds.critical")


def test_warnings_end_with_one_only_if_strict(export: Path) -> None:
    """Errors always do."""
    export.write_text(json.dumps({**BROKEN, "options": {}}))

    assert _lint(export.parent, str(export)) == 0
    assert _lint(export.parent, str(export), "--strict") == 1


def test_fix_writes_the_file_and_shows_what_is_left(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is left here."""
    assert _lint(export.parent, str(export), "--fix") == 0

    mended = {**BROKEN, "type": "query alert", "options": {"thresholds": {"critical": 4}}}
    assert export.read_text() == json.dumps(mended, indent=2)
    assert capsys.readouterr().err == "2 findings mended\n"


def test_a_file_that_cannot_be_read_is_told_in_the_form_that_was_asked_for(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with 2, as every wrong declaration."""
    export.write_text('{"name": "load",\n  "query": }')

    assert _lint(export.parent, str(export), "--json") == 2
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["file"], finding["line"], finding["severity"]) == ("export.json", 2, "error")


def test_what_is_no_monitor_is_refused(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dashboard, say."""
    export.write_text('{"title": "edge", "widgets": []}')

    assert _lint(export.parent, str(export)) == 2
    assert "this is no monitor" in capsys.readouterr().err


def test_a_wrong_template_is_told_with_its_monitor(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Inside of the query, and mended there."""
    file = project / "monitors" / "data.yaml"
    good = file.read_text()
    file.write_text(good.replace("aws.rds.cpuutilization", "aws.rds.cpu_utilization"))

    found = _answer(project, capsys, "--json", "--env", "prod")["findings"]
    (finding,) = [each for each in found if each["rule"] == "unknown-metric"]
    assert (finding["monitor"], finding["file"]) == ("db-cpu", "monitors/data.yaml")
    _lint(project, "--fix")
    assert file.read_text() == good


def test_a_projects_own_metrics_are_known(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From metrics.yaml; a threshold outside of their range is an error."""
    (project / "monitors" / "own.yaml").write_text(
        "monitors:\n  - {id: own, name: own, team: platform, type: query alert, urgency: notify, message: text,\n"
        '     query: "max(last_5m):max:shop.share{env:<< env.name >>} > 3"}\n'
    )
    (project / "metrics.yaml").write_text("metrics:\n  - {name: shop.share, kind: gauge, low: 0, high: 1}\n")

    found = _answer(project, capsys, str(project / "monitors/own.yaml"), "--json", "--env", "prod")["findings"]

    assert [finding["rule"] for finding in found] == ["threshold-out-of-range"]


def test_a_path_without_monitors_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Zero findings in nothing would look like a pass."""
    assert _lint(project, str(project / "watchkeeper.yaml"), "--env", "prod") == 2
    assert "holds no monitors" in capsys.readouterr().err


def test_a_long_line_is_cut_around_the_fault(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An export often stands on one line; the caret still points at the place."""
    export.write_text(json.dumps([{**BROKEN, "message": "x" * 500}, {**BROKEN, "name": "other", "message": "y" * 500}]))
    _lint(export.parent, str(export))
    lines = capsys.readouterr().out.splitlines()
    caret = next(index for index, line in enumerate(lines) if "threshold-mismatch" in line) + 2

    assert max(len(line) for line in lines) < 180
    assert lines[caret - 1][lines[caret].index("^") :].startswith("5}")
