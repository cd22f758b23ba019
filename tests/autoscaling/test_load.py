"""`autoscaling/<service>.yaml`."""

from pathlib import Path

import pytest

from watchkeeper.autoscaling.load import build_scaling, load_scaling
from watchkeeper.autoscaling.model import ScalingConfig, TargetTrackingPolicy
from watchkeeper.errors import ConfigError
from watchkeeper.project.load import load_project
from watchkeeper.project.source import parse_document

GOOD = """\
service: api
min: 2
max: 12
policies:
  - {id: cpu, metric: ECSServiceAverageCPUUtilization, target: 55, scale_out_cooldown_s: 60}
  - {id: requests, metric: ALBRequestCountPerTarget, target: 1000}
environments:
  prod:
    max: 40
    policies:
      requests: {target: 2000, disable_scale_in: true}
"""
KNOWN = ("local", "dev", "stage", "prod")


def build(text: str, env: str) -> ScalingConfig:
    return build_scaling(parse_document(text, "autoscaling/api.yaml"), "api", env, KNOWN)


def problems(text: str) -> list[tuple[int, int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        build(text, "local")
    return [
        (problem.where.line, problem.where.column, problem.what, problem.fix)
        for problem in caught.value.problems
        if problem.where
    ]


def test_an_environment_overrides_only_what_it_names() -> None:
    """Policies are merged by id; what an environment does not say stays as the service has it."""
    cpu = TargetTrackingPolicy(
        id="cpu", metric="ECSServiceAverageCPUUtilization", target=55, scale_out_cooldown_s=60, scale_in_cooldown_s=300
    )
    requests = TargetTrackingPolicy(id="requests", metric="ALBRequestCountPerTarget", target=1000)
    in_prod = TargetTrackingPolicy(id="requests", metric="ALBRequestCountPerTarget", target=2000, disable_scale_in=True)

    assert build(GOOD, "local") == ScalingConfig(service="api", min=2, max=12, policies=(cpu, requests))
    assert build(GOOD, "prod") == ScalingConfig(service="api", min=2, max=40, policies=(cpu, in_prod))


def test_every_service_of_this_repository_has_a_scaling_file_for_every_environment(root: Path) -> None:
    """Each service scales on CPU and on requests per target."""
    project = load_project(root)

    for environment in project.environments.values():
        for service in environment.services:
            config = load_scaling(root, service.id, environment.name, known_environments=project.environments)
            assert [policy.metric for policy in config.policies] == [
                "ECSServiceAverageCPUUtilization", "ALBRequestCountPerTarget",
            ]  # fmt: skip


def test_all_type_problems_come_at_once_with_their_places() -> None:
    """Unknown keys, wrong metrics and wrong types stand in one list, with hints."""
    text = GOOD.replace("target: 55", 'target: "55"').replace("ALBRequestCountPerTarget", "ALBRequestsPerTarget")
    text = text.replace("scale_out_cooldown_s", "scale_out_cooldown").replace("target: 2000", "targt: 2000")
    of = " in autoscaling/api.yaml"

    assert problems(text) == [
        (5, 64, f"`target`{of}: must be a number, not `55`", "write a number without quotes"),
        (
            5,
            70,
            f"unknown key `scale_out_cooldown`{of}",
            "did you mean `scale_out_cooldown_s` or `scale_in_cooldown_s`?",
        ),
        (6, 28, f"`metric` cannot be `ALBRequestsPerTarget`{of}", "did you mean `ALBRequestCountPerTarget`?"),
        (11, 18, f"unknown key `targt`{of}", "did you mean `target`?"),
    ]  # fmt: skip


def test_all_contradictions_come_at_once_with_their_places() -> None:
    """Bounds, targets, duplicates, unknown policies and environments: also those of environments not asked for."""
    text = """\
service: apy
min: 5
max: 3
policies:
  - {id: cpu, metric: ECSServiceAverageCPUUtilization, target: 155}
  - {id: cpu, metric: ALBRequestCountPerTarget, target: 1000}
  - {id: Cpu 2, metric: ECSServiceAverageCPUUtilization, target: 40}
environments:
  prd: {}
  prod: {min: 50, max: 4, policies: {cpus: {target: 1}}}
"""

    assert problems(text) == [
        (1, 10, "the file of the service `api` says `service: apy`", "write `service: api`"),
        (2, 6, "min 5 is larger than max 3", "lower min or raise max"),
        (5, 64, "a target of 155 percent is never reached", "choose a target below 100"),
        (6, 10, "duplicate policy `cpu`", "give it an id of its own"),
        (7, 10, "`Cpu 2` cannot name a policy", "use lower-case letters, digits and `-`, at most 40, a letter first"),
        (7, 25, "the policies `cpu` and `Cpu 2` track the same metric", "keep one of them, or track another metric"),
        (9, 3, "unknown environment `prd`", "did you mean `prod`?"),
        (10, 15, "min 50 is larger than max 4 in `prod`", "lower min or raise max"),
        (10, 38, "`prod` overrides the unknown policy `cpus`", "did you mean `cpu`?"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "autoscaling/api.yaml"),
        ("- service: api\n", 1, "autoscaling/api.yaml"),
        (GOOD.replace("target: 55", "target: 0"), 5, "`target`"),
        (GOOD.replace("min: 2\n", "min: -1\n"), 2, "`min`"),
    ],
    ids=["empty", "a list", "target zero", "negative"],
)
def test_nonsense_is_named_at_its_line(text: str, line: int, what: str) -> None:
    """No traceback, whatever the file holds."""
    found = problems(text)

    assert found[0][0] == line
    assert what in found[0][2]


def test_a_service_without_a_file_is_told_which_one_is_missing(tmp_path: Path) -> None:
    """The message names the file that was looked for."""
    with pytest.raises(ConfigError, match=r"cannot read autoscaling/api\.yaml: No such file"):
        load_scaling(tmp_path, "api", "local")
