"""`autoscaling lint`, `simulate` and `check`, run as a user runs them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from watchkeeper.autoscaling.lint import RULES, TEMPLATE_RULES

FILE = """\
service: api
min: 1
max: 12
policies:
  - {id: cpu, metric: ECSServiceAverageCPUUtilization, target: 95}
"""


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Path:
    """This repository's declarations with a scaling file that has findings."""
    folder = tmp_path / "project"
    (folder / "autoscaling").mkdir(parents=True)
    shutil.copy(root / "watchkeeper.yaml", folder)
    shutil.copy(root / "autoscaling" / "reports.yaml", folder / "autoscaling")
    (folder / "autoscaling" / "api.yaml").write_text(FILE)
    return folder


def autoscaling(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.prefix) / "bin" / "autoscaling"
    return subprocess.run(
        [str(program), *arguments], cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def trace(folder: Path, rps: float, minutes: int = 120) -> str:
    path = folder / "trace.csv"
    rows = [f"{883612800 + 60 * each},{rps if each > 30 else 10}\n" for each in range(minutes)]
    path.write_text("timestamp,value\n" + "".join(rows))
    return str(path)


def test_lint_prints_findings_with_their_source_line_and_warnings_end_with_0(project: Path) -> None:
    """Errors end with 1, warnings only with --strict."""
    done = autoscaling(project, "lint", "autoscaling/api.yaml", "--env", "prod")

    assert done.returncode == 0, done.stderr
    assert "autoscaling/api.yaml:2:6: warning: `api` may run on one task in prod" in done.stdout
    assert "    2 | min: 1\n             ^\n      fix: raise min to 2" in done.stdout
    assert done.stdout.endswith("1 services, 0 templates, 3 findings\n")
    assert autoscaling(project, "lint", "--env", "prod", "--strict").returncode == 1


def test_lint_as_json_is_one_document(project: Path) -> None:
    """With the rule, the place, the service, the mend."""
    answer = json.loads(autoscaling(project, "lint", "--env", "prod", "--json").stdout)

    assert (answer["schema_version"], answer["env"], answer["services"]) == (1, "prod", 2)
    finding = answer["findings"][0]
    assert finding == {
        "rule": "min-below-zones",
        "severity": "warning",
        "file": "autoscaling/api.yaml",
        "line": 2,
        "column": 6,
        "service": "api",
        "message": "`api` may run on one task in prod, which has 2 zones",
        "fix": "raise min to 2, a task in each zone",
    }


def test_a_file_of_no_service_is_an_error(project: Path) -> None:
    """Exit 1, with a hint."""
    (project / "autoscaling" / "apy.yaml").write_text(FILE)
    done = autoscaling(project, "lint", "--env", "prod")

    assert done.returncode == 1
    assert "autoscaling/apy.yaml:1:1: error: no environment has a service `apy` [unknown-service]" in done.stdout
    assert "did you mean `api`?" in done.stdout


def test_problems_of_the_file_come_before_lint_and_end_with_2(project: Path) -> None:
    """A wrong file cannot be judged."""
    (project / "autoscaling" / "api.yaml").write_text(FILE.replace("max: 12", "max: 0"))
    done = autoscaling(project, "lint", "--env", "prod")

    assert done.returncode == 2
    assert "autoscaling/api.yaml:2:6: error: min 1 is larger than max 0 [min-over-max]" in done.stderr


def test_a_template_of_anybody_can_be_linted(project: Path) -> None:
    """At its line."""
    resources = {
        "S": {"Type": "AWS::ECS::Service", "Properties": {"ServiceName": "a", "DesiredCount": 2}},
        "T": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {"ServiceNamespace": "ecs", "ResourceId": "service/c/a"},
        },
    }
    (project / "t.json").write_text(json.dumps({"Resources": resources}, indent=1))
    done = autoscaling(project, "lint", "--env", "dev", "--template", "t.json")

    assert done.returncode == 1
    assert "t.json:7:21: error: the service S is scaled, and sets DesiredCount to 2" in done.stdout


def test_simulate_answers_with_activities_cost_and_breaches(project: Path) -> None:
    """One JSON document, the same for equal seeds."""
    arguments = ("simulate", "--env", "dev", "--service", "api", "--trace", trace(project, 90), "--json")
    answer = json.loads(autoscaling(project, *arguments).stdout)

    assert answer["policy"] == "api"
    grown = [each for each in answer["activities"] if each["to"] > each["from"]]
    assert (grown[0]["from"], grown[0]["to"], grown[0]["not_scaled_reason"]) == (1, 2, None)
    assert "AlarmHigh" in grown[0]["cause"]
    assert answer["breach_minutes"] > 0
    assert answer["cost"] > 0
    assert answer == json.loads(autoscaling(project, *arguments).stdout)


@pytest.mark.parametrize(("limit", "code"), [("0", 1), ("200", 0)])
def test_check_refuses_what_would_breach_too_long(project: Path, limit: str, code: int) -> None:
    """For CI: exit 1, and the figure."""
    arguments = ("--env", "dev", "--service", "api", "--trace", trace(project, 90), "--max-breach", limit)
    done = autoscaling(project, "check", *arguments)

    assert done.returncode == code
    assert ("minutes of breach, at most 0 are allowed" in done.stdout) is bool(code)


def test_check_refuses_a_maximum_without_headroom(project: Path) -> None:
    """550 requests a second need 11 tasks of the 12 that are allowed."""
    arguments = ("--env", "dev", "--service", "api", "--trace", trace(project, 550), "--headroom")

    refused = autoscaling(project, "check", *arguments, "1.3")
    assert refused.returncode == 1
    assert "max 12 is less than 1.3 times the 11 tasks of the peak" in refused.stdout
    assert autoscaling(project, "check", *arguments, "1").returncode == 0


def test_what_the_command_line_lacks_is_said(project: Path) -> None:
    """Exit 2: which service, and what to check."""
    path = trace(project, 1)
    which = autoscaling(project, "simulate", "--env", "prod", "--trace", path)
    nothing = autoscaling(project, "check", "--env", "prod", "--service", "api", "--trace", path)

    assert (which.returncode, nothing.returncode) == (2, 2)
    assert "add `--service NAME`, one of: api, reports" in which.stderr
    assert "nothing to check; add --max-breach, --max-cost or --headroom" in nothing.stderr


def test_every_rule_has_its_page_its_test_and_its_row(root: Path) -> None:
    """Named like the rule."""
    listed = (root / "docs" / "lint" / "scaling.md").read_text()
    for rule in (*RULES, *TEMPLATE_RULES):
        module = rule.__module__.rpartition(".")[2]
        name = module.replace("_", "-")
        assert (root / "docs" / "lint" / f"{name}.md").read_text().startswith(f"# {name}\n"), name
        assert (root / "tests" / "autoscaling" / "lint" / f"test_{module}.py").exists(), name
        assert f"| [{name}]({name}.md) |" in listed, name


def test_this_repositorys_scaling_has_no_findings_but_information(root: Path) -> None:
    """In every environment."""
    for env in ("local", "dev", "stage", "prod"):
        done = autoscaling(root, "lint", "--env", env, "--strict", "--json")
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_if_a_zone_is_lost_and_a_deployment_runs(project: Path) -> None:
    """Times as texts or in Unix seconds; half of the tasks are gone in an environment of two zones."""
    file = trace(project, 10, minutes=60)
    plain = ("simulate", "--env", "prod", "--service", "reports", "--trace", file, "--json")
    quiet = json.loads(autoscaling(project, *plain).stdout)
    lost = json.loads(autoscaling(project, *plain, "--lose-zone", "1998-01-01T00:40:00Z").stdout)
    deploying = ("--deploy", "883612800", "883620000")
    held = json.loads(autoscaling(project, *plain, *deploying).stdout)

    assert (quiet["metrics"]["min_running"], lost["metrics"]["min_running"]) == (2, 1)
    assert {each["not_scaled_reason"] for each in held["activities"]} == {"TargetServicePutResourceAsUnscalable"}


def test_people_read_the_side_of_an_alarm_and_the_policy_in_the_order_of_time(project: Path) -> None:
    """The whole cause stands in the JSON answer."""
    file = trace(project, 90)
    done = autoscaling(
        project, "simulate", "--env", "dev", "--service", "api", "--trace", file, "--lose-zone", "883612800"
    )
    lines = done.stdout.splitlines()

    assert lines[0] == "1998-01-01T00:00:00Z  a zone is lost, with 50% of the tasks"
    assert any(line.endswith("1 -> 2                                AlarmHigh of policy `cpu`") for line in lines)
    assert lines[:-1] == sorted(lines[:-1], key=lambda line: line[:20])
    assert "task-hours" in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--lose-zone", "noon"), "--lose-zone: `noon` is no time"),
        (("--deploy", "883612800", "883612800"), "ends at 883612800, before it begins"),
        (("--interrupt-spot", "883612800"), "`reports` has no tasks on Spot"),
        (("--own-metric", "cpu", "1"), "`reports` has no policy `cpu` on a metric of its own"),
    ],
    ids=["a time", "a window", "no Spot", "a policy"],
)
def test_a_wrong_what_if_is_told_and_ends_with_2(project: Path, arguments: tuple[str, ...], told: str) -> None:
    """With how to write it."""
    done = autoscaling(
        project, "simulate", "--env", "prod", "--service", "reports", "--trace", trace(project, 10), *arguments
    )

    assert done.returncode == 2
    assert told in done.stderr


def _cost(project: Path, env: str) -> float:
    answer = json.loads(
        autoscaling(
            project, "simulate", "--env", env, "--service", "api", "--trace", trace(project, 20.0), "--json"
        ).stdout
    )
    return float(answer["cost"])


def test_a_replay_costs_what_the_price_file_says(project: Path, root: Path) -> None:
    """The one that `env cost` multiplies by; what runs on Spot costs the prices of Spot."""
    (project / "platform").mkdir()
    file = project / "platform" / "prices.yaml"
    prices = (root / "platform" / "prices.yaml").read_text()
    file.write_text(prices)
    before = _cost(project, "prod"), _cost(project, "dev")
    file.write_text(prices.replace("value: 0.04048,", "value: 0.4048,").replace("value: 0.004445,", "value: 0.04445,"))
    dearer = _cost(project, "prod"), _cost(project, "dev")

    assert dearer[0] == pytest.approx(10 * before[0], rel=0.05)
    assert dearer[1] == pytest.approx(before[1], rel=0.05), "all of dev runs on Spot"


def test_a_price_of_another_region_is_named(project: Path, root: Path) -> None:
    """As `env cost` does."""
    (project / "platform").mkdir()
    prices = (root / "platform" / "prices.yaml").read_text().replace("region: eu-west-1", "region: us-east-1")
    (project / "platform" / "prices.yaml").write_text(prices)
    done = autoscaling(project, "simulate", "--env", "prod", "--service", "api", "--trace", trace(project, 20.0))

    assert done.returncode == 2
    assert "there is no price `fargate-vcpu-hour-x86` of eu-west-1" in done.stderr
