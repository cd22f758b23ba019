"""`watchkeeper forwarding doctor` as one types it."""

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT
from watchkeeper.cli.forwarding import forwarding
from watchkeeper.cli.frame import run

_ROUTER = {
    "Resources": {
        "Task": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "ContainerDefinitions": [
                    {
                        "Name": "router",
                        "Image": "fluent-bit:1.2",
                        "Essential": True,
                        "FirelensConfiguration": {"Type": "fluentbit"},
                        "LogConfiguration": {"LogDriver": "awslogs"},
                    }
                ]
            },
        },
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 14}},
    }
}


def _file(tmp_path: Path, template: object) -> str:
    path = tmp_path / "theirs.template.json"
    path.write_text(json.dumps(template))
    return str(path)


def _doctor(*arguments: str) -> int:
    return run(forwarding, "forwarding", ["doctor", "--project", str(ROOT), *arguments])


def test_anybodys_template_is_examined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An error ends with exit code 1 and names the resource."""
    assert _doctor("--template", _file(tmp_path, _ROUTER)) == 1
    assert capsys.readouterr().out == (
        "error: theirs/Task: the end of the log router `router` ends the task [essential-router]\n"
        "      fix: write Essential: false\n"
        "1 stacks, 1 findings\n"
    )


def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts, with a version."""
    assert _doctor("--template", _file(tmp_path, _ROUTER), "--json") == 1

    answer = json.loads(capsys.readouterr().out)
    assert (answer["schema_version"], answer["env"], answer["stacks"]) == (1, "local", ["theirs"])
    assert [(found["rule"], found["severity"], found["resource"]) for found in answer["findings"]] == [
        ("essential-router", "error", "theirs/Task")
    ]


def test_warnings_end_with_0_unless_strict(tmp_path: Path) -> None:
    """A log group that is kept for ever costs, but loses nothing."""
    path = _file(tmp_path, {"Resources": {"Group": {"Type": "AWS::Logs::LogGroup"}}})

    assert _doctor("--template", path) == 0
    assert _doctor("--template", path, "--strict") == 1


def test_an_assembly_without_the_environment_is_a_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the command that makes one."""
    assert _doctor("--assembly", str(tmp_path)) == 2
    assert "cdk synth -c env=local" in capsys.readouterr().err


def test_a_canary_without_a_sandbox_sends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`local` is the sandbox; with it down the command ends with 2."""
    (tmp_path / "platform").mkdir()
    for name in ("watchkeeper.yaml", "platform/forwarding.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())

    assert run(forwarding, "forwarding", ["canary", "--project", str(tmp_path)]) == 2
    assert "the sandbox is down" in capsys.readouterr().err


@pytest.mark.parametrize("template", [["Resources"], "Resources", 7], ids=["list", "text", "number"])
def test_a_file_that_is_no_template_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], template: object
) -> None:
    """Before any rule looks at it."""
    assert _doctor("--template", _file(tmp_path, template)) == 2
    assert "is no CloudFormation template" in capsys.readouterr().err


def test_two_templates_of_one_name_are_both_examined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two folders, say; each is then called by its path."""
    paths = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        paths += ["--template", _file(tmp_path / folder, _ROUTER)]

    assert _doctor(*paths) == 1
    out = capsys.readouterr().out
    assert f"error: {tmp_path}/one/theirs.template.json/Task: " in out
    assert out.endswith("2 stacks, 2 findings\n")
