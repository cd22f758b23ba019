"""The lint rules of scaling: one rule, one file, one test, one page below docs/lint/.

RULES look at scaling files, TEMPLATE_RULES at synthesized templates, ours or anybody's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from watchkeeper.autoscaling.lint import (
    aurora_never_pauses,
    connections_over_limit,
    cpu_target_too_high,
    dead_band,
    forecast_only,
    high_resolution_unused,
    metric_not_per_task,
    min_below_zones,
    request_target_per_second,
    scale_in_disabled,
    scaling_suspended,
    schedule_skipped,
    short_scale_in_cooldown,
    step_beside_tracking,
)
from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.lint.template import (
    alarm_of_target_tracking,
    desired_count_with_scaling,
    duplicate_metric,
    high_resolution_not_published,
    requests_with_blue_green,
    wrong_resource_id,
)
from watchkeeper.autoscaling.lint.template.parts import Template
from watchkeeper.errors import Problem

RULES: Final[Sequence[Callable[[Subject], Iterator[Problem]]]] = (
    cpu_target_too_high.check,
    short_scale_in_cooldown.check,
    min_below_zones.check,
    request_target_per_second.check,
    step_beside_tracking.check,
    high_resolution_unused.check,
    schedule_skipped.check,
    scale_in_disabled.check,
    scaling_suspended.check,
    connections_over_limit.check,
    aurora_never_pauses.check,
    metric_not_per_task.check,
    forecast_only.check,
    dead_band.check,
)

TEMPLATE_RULES: Final[Sequence[Callable[[Template], Iterator[Problem]]]] = (
    desired_count_with_scaling.check,
    requests_with_blue_green.check,
    high_resolution_not_published.check,
    alarm_of_target_tracking.check,
    wrong_resource_id.check,
    duplicate_metric.check,
)


def lint_scaling(subjects: Iterable[Subject]) -> list[tuple[Subject, Problem]]:
    """Every finding of every rule, in the order of the services."""
    return [(subject, problem) for subject in subjects for rule in RULES for problem in rule(subject)]


def lint_template(template: Template) -> list[Problem]:
    """Every finding in one synthesized template."""
    return [problem for rule in TEMPLATE_RULES for problem in rule(template)]
