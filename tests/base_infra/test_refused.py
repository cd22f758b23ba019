"""What an environment cannot be made of is refused before anything is synthesized."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.base_infra.conftest import edited

FAULTS = (
    ("network: {cidr: 10.20.0.0/16}", "network: {cidr: 10.30.128.0/17}"),
    ('    account: "111111111111"\n    region: eu-west-1\n    zones: [eu-west-1a, eu-west-1b, eu-west-1c]',
     '    account: "111111111111"\n    region: eu-west-1\n    zones: [eu-west-1a, eu-west-1b]'),
    ("database: {min_acu: 0.5, max_acu: 16", "database: {min_acu: 17, max_acu: 16"),
    ("domain: lighthouse.example.com, hosted_zone: Z0123456789ABCDEFGHIJ, ", ""),
    ('paths: ["/reports/*"]', "paths: []"),
)  # fmt: skip
TOLD = (
    "service `api`: `prod` has no certificate, and a load balancer serves gRPC over TLS only [certificate]",
    "service `reports`: HTTP requests for host * and path * already go to `api` [same-requests]",
    "environment `prod`: 10.30.0.0/16 overlaps 10.30.128.0/17 of `stage` [cidr-overlap]",
    "environment `local`: min_acu 17 is larger than max_acu 16 [min-over-max]",
    "environment `dev`: 2 zones, but the data tier stands in 3 [zones]",
)


def test_every_fault_is_told_at_once_with_file_line_and_mend(root: Path, tmp_path: Path, declared: str) -> None:
    """`cdk synth` ends with 2 and writes no template."""
    for name in ("app.py", "cdk.json"):
        shutil.copy(root / name, tmp_path)
    for name in ("base_infra", "autoscaling", "platform/routing"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    text = declared
    for before, after in FAULTS:
        text = edited(text, before, after)
    (tmp_path / "watchkeeper.yaml").write_text(text)

    environ = {
        **os.environ,
        "CDK_OUTDIR": str(tmp_path / "out"),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }
    command = [sys.executable, "app.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert not list((tmp_path / "out").glob("*.json"))
    errors = [line for line in done.stderr.splitlines() if ": error: " in line]
    assert [line.partition(": error: ")[2] for line in errors] == list(TOLD)
    lines = text.splitlines()
    for line in errors:
        file, number, column, _ = line.split(":", 3)
        assert file == "watchkeeper.yaml"
        assert lines[int(number) - 1][int(column) - 1 :].strip()
    assert done.stderr.count("      fix: ") == len(TOLD)
    assert "5 problems found" in done.stderr
