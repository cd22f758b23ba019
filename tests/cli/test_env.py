"""`watchkeeper env` as it is typed: answers, exit codes, JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "env"]


def run(root: Path, *arguments: str, exits: int = 0) -> tuple[str, str]:
    command = [*PROGRAM, *arguments, "--project", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == exits, done.stdout + done.stderr
    return done.stdout, done.stderr


def answer(root: Path, *arguments: str, exits: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(root, *arguments, "--json", exits=exits)[0])
    return found


def broken(assembly: Path, folder: Path) -> Path:
    """The assembly with the database's rule for the application taken out."""
    for path in assembly.glob("prod-*.template.json"):
        template = json.loads(path.read_text())
        for name in [name for name in template["Resources"] if name.startswith("SecurityGroupsDatabaseFrom")]:
            del template["Resources"][name]
        (folder / path.name).write_text(json.dumps(template))
    return folder


def test_reach_prints_the_flows_and_the_matrix(root: Path, assembly: Path) -> None:
    """And ends with 0 when every flow passes and nothing else is open."""
    text, errors = run(root, "reach", "--env", "dev", "--assembly", str(assembly))

    assert text.splitlines()[0] == "dev: 6 needed flows pass, 0 blocked; nothing else is open"
    assert "queries        application    database       tcp 5432  passes 6 ways  reads and writes" in text
    assert "application    tcp 443   -              tcp 9000     tcp 5432" in text
    assert errors == ""


def test_reach_as_json_has_the_same_answer(root: Path, assembly: Path) -> None:
    """For scripts, with the ports as numbers."""
    found = answer(root, "reach", "--env", "prod", "--assembly", str(assembly))

    flows = {flow["id"]: flow for flow in found["flows"]}
    assert (found["schema_version"], found["env"], found["findings"]) == (1, "prod", [])
    assert (flows["queries"]["ports"], flows["queries"]["state"]) == ([5432], "passes")
    cells = {(cell["from"], cell["to"]): cell["open"] for cell in found["matrix"]}
    assert cells["internet", "load_balancer"] == ["tcp 80", "tcp 443", "tcp 9000"]
    assert not any(to == "database" for client, to in cells if client != "application")


def test_a_blocked_flow_ends_with_1_and_points_at_its_line(root: Path, assembly: Path, tmp_path: Path) -> None:
    """The finding names the flow, the filter and the packets."""
    text, _ = run(root, "reach", "--env", "prod", "--assembly", str(broken(assembly, tmp_path)), exits=1)

    line = (
        (root / "watchkeeper.yaml")
        .read_text()
        .splitlines()
        .index("  queries:       {client: application, server: database, ports: [5432], why: reads and writes}")
    )
    assert f"watchkeeper.yaml:{line + 1}:" in text
    assert "flow `queries` is blocked: application in ApplicationA to database in DataA (and 2 more ways)" in text
    assert "the database's security group lets no tcp 5432 from 10.30.64.0/20, application in" in text


def test_without_each_zone_tells_what_a_single_nat_gateway_gives_up(root: Path, assembly: Path) -> None:
    """Given up by choice is no failure."""
    found = answer(root, "reach", "--env", "dev", "--without-zone", "each", "--assembly", str(assembly))

    zones = {zone["zone"]: zone for zone in found["zones"]}
    lost = {name: [flow["id"] for flow in zone["flows"] if flow["state"] == "blocked"] for name, zone in zones.items()}
    assert lost == {"eu-west-1a": ["aws-services", "telemetry-out"], "eu-west-1b": [], "eu-west-1c": []}
    assert all(zone["holds"] for zone in zones.values())
    assert zones["eu-west-1a"]["writers"] == ["dev-Data/Reader1"]


def test_an_unknown_zone_ends_with_2_and_a_hint(root: Path, assembly: Path) -> None:
    """Before anything is judged."""
    _, errors = run(root, "reach", "--env", "dev", "--without-zone", "eu-west-1d", "--assembly", str(assembly), exits=2)

    assert "`dev` has nothing in zone `eu-west-1d`" in errors
    assert "did you mean" in errors


def test_an_assembly_without_the_environment_ends_with_2(root: Path, tmp_path: Path) -> None:
    """And says how to make one."""
    _, errors = run(root, "reach", "--env", "dev", "--assembly", str(tmp_path), exits=2)

    assert "holds no stack of `dev`" in errors
    assert "cdk synth -c env=dev" in errors


def test_a_project_without_flows_ends_with_2(root: Path, assembly: Path, tmp_path: Path) -> None:
    """Nothing declared is nothing judged, which must not look like success."""
    text = (root / "watchkeeper.yaml").read_text()
    begin, end = text.index("flows:\n"), text.index("profiles:\n")
    declared = text[:begin] + text[end:].replace("    flows:\n      visitors-tls: {needed: false}\n", "")
    declared = declared.replace("    flows: {visitors-tls: {needed: false}}\n", "")
    (tmp_path / "watchkeeper.yaml").write_text(declared)

    _, errors = run(tmp_path, "reach", "--env", "dev", "--assembly", str(assembly), exits=2)

    assert "`dev` declares no flows, so that nothing can be judged" in errors


def test_diff_ends_with_3_only_when_it_is_asked_to(root: Path, assembly: Path) -> None:
    """A difference between two environments is no error."""
    text, _ = run(root, "diff", "stage", "prod", "--assembly", str(assembly))
    run(root, "diff", "stage", "prod", "--exit-code", "--assembly", str(assembly), exits=3)
    same, _ = run(root, "diff", "dev", "dev", "--exit-code", "--assembly", str(assembly))

    assert text.startswith("stage -> prod: 9 settings, 0 resources only in stage, 2 only in prod, ")
    assert same == "dev and dev differ in nothing but names, accounts, regions and addresses\n"


def test_diff_as_json_keeps_values_whole(root: Path, assembly: Path) -> None:
    """Nothing is cut for the width of a terminal."""
    found = answer(root, "diff", "dev", "prod", "--assembly", str(assembly))

    assert {"path": "network.nat", "from": "single", "to": "per_zone"} in found["declared"]
    assert (found["from"], found["to"], found["schema_version"]) == ("dev", "prod", 1)
