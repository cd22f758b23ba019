"""`watchkeeper forwarding permissions` as one types it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from watchkeeper.cli.forwarding import forwarding
from watchkeeper.cli.frame import run
from watchkeeper.forwarding.permissions import snapshot


def _permissions(root: Path, *arguments: str) -> int:
    return run(forwarding, "forwarding", ["permissions", "--project", str(root), *arguments])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "watchkeeper.yaml", tmp_path)
    (tmp_path / "platform").mkdir()
    return tmp_path


def _newer(tmp_path: Path, listed: object) -> str:
    path = tmp_path / "list.json"
    path.write_text(json.dumps(listed))
    return str(path)


def test_what_the_profile_leaves_out_is_shown_with_the_date_of_the_list(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """That a scoped role has less than Datadog's list is a choice and no drift."""
    assert _permissions(project) == 0

    out = capsys.readouterr().out
    assert "DatadogIntegrationRole: profile scoped, 16 actions" in out
    assert "Datadog's list of 2026-06-26 (DataDog/cloudformation-template" in out
    assert "  logs:PutSubscriptionFilter\n" in out
    assert "  cloudwatch:Get*\n" not in out


def test_a_newer_list_of_datadog_is_drift(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the API answers it; what is new and what is gone, and exit code 3."""
    listed = [*snapshot().standard[1:], "kafka:ListClustersV2"]
    answer = {"data": {"attributes": {"permissions": listed}}}

    assert _permissions(project, "--from", _newer(project, answer), "--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert told["newer"] == {"added": ["kafka:ListClustersV2"], "gone": [snapshot().standard[0]]}
    assert told["deployed"] is None


def test_the_same_list_in_chunks_is_no_drift(project: Path) -> None:
    """The other kind of list, which Datadog gives in chunks, says nothing about the standard one."""
    chunks = [list(chunk) for chunk in snapshot().resource_collection]

    assert _permissions(project, "--from", _newer(project, chunks)) == 0


@pytest.mark.parametrize("listed", ["text", {"data": {}}, {"data": [1]}, {"data": {"attributes": 5}}, 7])
def test_a_file_without_a_list_is_told(project: Path, capsys: pytest.CaptureFixture[str], listed: object) -> None:
    """Before anything is compared."""
    assert _permissions(project, "--from", _newer(project, listed)) == 2
    assert "holds no list of permissions" in capsys.readouterr().err
