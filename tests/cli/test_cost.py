"""`watchkeeper cost update-prices` as it is typed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.topology.test_prices import OFFER


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A price file, and nothing else of a project but its name."""
    (tmp_path / "platform").mkdir()
    shutil.copy(root / "platform" / "prices.yaml", tmp_path / "platform")
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    return tmp_path


def update_prices(project: Path, price_list: Any, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it on a price list, given as JSON or as text."""
    file = project / "list.json"
    file.write_text(price_list if isinstance(price_list, str) else json.dumps(price_list))
    program = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()"]
    command = [*program, "cost", "update-prices", str(file), *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_the_prices_of_a_list_go_into_the_price_file(project: Path) -> None:
    """What it has not is left, each with the reason."""
    found = json.loads(update_prices(project, OFFER, "--json").stdout)

    assert (found["schema_version"], found["taken"]) == (1, ["s3-gb-month"])
    assert found["left"]["logs-gb"] == "it stands in the list of AmazonCloudWatch, and this one is of AmazonS3"
    assert 'source: "AWS price list AmazonS3 20260928230416", as_of' in (project / "platform/prices.yaml").read_text()


def test_a_file_that_is_no_price_list_changes_nothing(project: Path) -> None:
    """It says which file, and what is wanted."""
    before = (project / "platform" / "prices.yaml").read_text()

    done = update_prices(project, "no JSON")

    assert done.returncode == 2
    assert "list.json" in done.stderr
    assert "price list bulk API" in done.stderr
    assert (project / "platform" / "prices.yaml").read_text() == before
