"""Scaling files."""

from pathlib import Path

import pytest

from watchkeeper.autoscaling.load import load_scaling
from watchkeeper.errors import ConfigError


def test_an_environment_overrides_what_it_names_and_nothing_else(root: Path) -> None:
    """Prod has a larger maximum and another target; its cooldowns are everybody's."""
    local, prod = load_scaling(root, "api", "local"), load_scaling(root, "api", "prod")

    assert (local.max, prod.max, prod.min) == (12, 40, 4)
    assert (prod.policies[1].target, prod.policies[1].scale_out_cooldown_s) == (3000, 60)


def test_every_mistake_of_a_file_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    """Wrong service, min above max, a metric tracked twice, an override of nothing."""
    (tmp_path / "autoscaling").mkdir()
    (tmp_path / "autoscaling" / "api.yaml").write_text(
        "service: app\nmin: 5\nmax: 2\npolicies:\n"
        "  - {id: cpu, metric: ECSServiceAverageCPUUtilization, target: 50}\n"
        "  - {id: cpu2, metric: ECSServiceAverageCPUUtilization, target: 60}\n"
        "environments:\n  prod: {policies: {cpuu: {target: 70}}}\n"
    )

    with pytest.raises(ConfigError) as caught:
        load_scaling(tmp_path, "api", "dev")

    assert [(problem.where and problem.where.line, problem.rule) for problem in caught.value.problems] == [
        (1, "service"),
        (2, "min-over-max"),
        (6, "duplicate-metric"),
        (8, "unknown-reference"),
    ]
