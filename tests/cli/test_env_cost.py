"""`watchkeeper env cost` as it is typed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_env import answer, run

GIT = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]


@pytest.fixture
def repository(root: Path, tmp_path: Path) -> Path:
    """The declarations and the app of this project in a repository of their own, with one commit."""
    for name in ("app.py", "cdk.json", "cdk.context.json", "watchkeeper.yaml"):
        shutil.copy(root / name, tmp_path)
    for name in ("base_infra", "autoscaling"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "platform").mkdir()
    shutil.copy(root / "platform" / "prices.yaml", tmp_path / "platform")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*GIT, "-C", str(tmp_path), *command], check=True)
    return tmp_path


def test_the_bill_tells_what_is_fixed_and_what_nobody_verified(root: Path, assembly: Path) -> None:
    """As text the totals come first; as JSON every item is there."""
    text, _ = run(root, "cost", "--env", "dev", "--assembly", str(assembly))
    found = answer(root, "cost", "--env", "dev", "--assembly", str(assembly))

    assert text.startswith(f"dev: {found['total']:,.2f} USD a month; {found['fixed']:,.2f} fixed, ")
    assert text.splitlines()[1] == f"{found['unverified_ratio']:.0%} of it rests on unverified prices"
    assert 0.5 < found["unverified_ratio"] < 1
    assert (found["schema_version"], found["currency"], found["has_traffic"]) == (1, "USD", False)
    assert found["total"] == pytest.approx(sum(item["amount"] for item in found["items"]), abs=0.01)


def test_a_trace_adds_what_depends_on_requests(root: Path, assembly: Path, tmp_path: Path) -> None:
    """Requests per second, as the simulator takes them."""
    trace = tmp_path / "day.csv"
    trace.write_text("timestamp,value\n0,100\n60,300\n")
    arguments = ("cost", "--env", "prod", "--assembly", str(assembly))

    with_trace = answer(root, *arguments, "--trace", f"api={trace}")

    assert with_trace["by_use"] > answer(root, *arguments)["by_use"]
    out = next(item for item in with_trace["items"] if item["what"] == "data to the internet")
    assert out["quantity"] == pytest.approx(200 * 730 * 3600 * 20_000 / 1e9)


def test_a_trace_of_an_unknown_service_ends_with_2(root: Path, assembly: Path) -> None:
    """With a hint."""
    _, errors = run(root, "cost", "--env", "prod", "--assembly", str(assembly), "--trace", "apo=day.csv", exits=2)

    assert "`prod` runs no service `apo`" in errors
    assert "did you mean `api`?" in errors


def test_two_environments_stand_beside_each_other(root: Path, assembly: Path) -> None:
    """With every item that differs."""
    found = answer(root, "cost", "--env", "dev", "--compare", "prod", "--assembly", str(assembly))

    assert (found["from"]["env"], found["to"]["env"]) == ("dev", "prod")
    assert sum(item["after"] - item["before"] for item in found["changes"]) == pytest.approx(
        found["to"]["total"] - found["from"]["total"], abs=0.5
    )


def test_a_change_is_priced_against_an_earlier_commit(repository: Path) -> None:
    """A second NAT gateway and its address, before anybody merges it."""
    declared = repository / "watchkeeper.yaml"
    declared.write_text(declared.read_text().replace("nat: single", "nat: per_zone"))

    found = answer(repository, "cost", "--env", "dev", "--base", "HEAD")

    assert {(item["resource"], item["what"], item["before"]) for item in found["changes"]} == {
        ("NetworkPublicBNATGateway", "hours", 0.0),
        ("NetworkPublicBEIP", "public address", 0.0),
    }
    assert list(repository.glob(".watchkeeper/*")) == []


def test_an_unknown_revision_ends_with_2(repository: Path) -> None:
    """And is named."""
    _, errors = run(repository, "cost", "--env", "dev", "--base", "nowhere", exits=2)

    assert "`nowhere` is no commit of this repository" in errors
