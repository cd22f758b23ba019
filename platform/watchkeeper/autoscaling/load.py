"""`autoscaling/<service>.yaml` to the scaling of a service in an environment; every problem of the file at once."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Final

from annotated_types import Ge, Gt, Le

from watchkeeper.autoscaling.model import PERCENT_METRICS, PredefinedMetric, ScalingConfig, TargetTrackingPolicy
from watchkeeper.errors import ConfigError, Problem, did_you_mean
from watchkeeper.project.source import Document, KeyPath, read_document
from watchkeeper.project.validate import STRICT, locate_in, validate

FOLDER: Final = "autoscaling"

_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")

Tasks = Annotated[int, Ge(0), Le(5000)]
Seconds = Annotated[int, Ge(0), Le(86400)]
Target = Annotated[float, Gt(0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    __pydantic_config__ = STRICT

    id: str
    metric: PredefinedMetric
    target: Target
    scale_out_cooldown_s: Seconds = 300
    scale_in_cooldown_s: Seconds = 300
    disable_scale_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _PolicyOverride:
    __pydantic_config__ = STRICT

    target: Target | None = None
    scale_out_cooldown_s: Seconds | None = None
    scale_in_cooldown_s: Seconds | None = None
    disable_scale_in: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Override:
    __pydantic_config__ = STRICT

    min: Tasks | None = None
    max: Tasks | None = None
    policies: Mapping[str, _PolicyOverride] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    __pydantic_config__ = STRICT

    service: str
    min: Tasks
    max: Tasks
    policies: tuple[_Policy, ...]
    environments: Mapping[str, _Override] = field(default_factory=dict)


def scaling_file(service: str) -> str:
    """The scaling file of a service, relative to the project's root."""
    return f"{FOLDER}/{service}.yaml"


def load_scaling(
    root: Path, service: str, env: str, *, known_environments: Collection[str] | None = None
) -> ScalingConfig:
    """The scaling of `service` in `env`, overrides applied.

    known_environments: where given, an override for any other environment is a problem.
    Raises ConfigError with every problem of the file, those of other environments' overrides too.
    """
    return build_scaling(read_document(root, scaling_file(service)), service, env, known_environments)


def build_scaling(
    document: Document, service: str, env: str, known_environments: Collection[str] | None = None
) -> ScalingConfig:
    """The scaling from an already parsed file. Raises ConfigError with every problem."""
    file = validate(_File, document.data, locate_in((document, ())), what=document.file)
    problems = [
        *_base_problems(document, file, service),
        *(problem for name in file.environments for problem in _override_problems(document, file, name)),
        *_unknown_environments(document, file, known_environments),
    ]
    if problems:
        raise ConfigError(problems)
    return _merged(file, env)


def _merged(file: _File, env: str) -> ScalingConfig:
    override = file.environments.get(env, _Override())
    policies = []
    for policy in file.policies:
        own = override.policies.get(policy.id, _PolicyOverride())
        changes = {name: value for name, value in asdict(own).items() if value is not None}
        policies.append(TargetTrackingPolicy(**{**asdict(policy), **changes}))
    return ScalingConfig(
        service=file.service,
        min=file.min if override.min is None else override.min,
        max=file.max if override.max is None else override.max,
        policies=tuple(policies),
    )


def _base_problems(document: Document, file: _File, service: str) -> Iterator[Problem]:
    if file.service != service:
        what = f"the file of the service `{service}` says `service: {file.service}`"
        yield Problem(what, document.at(("service",)), fix=f"write `service: {service}`", rule="service")
    if file.min > file.max:
        yield _min_over_max(document, ("min",), file.min, file.max, "")
    ids: set[str] = set()
    metrics: dict[str, str] = {}
    for index, policy in enumerate(file.policies):
        path: KeyPath = ("policies", index)
        if not _ID.fullmatch(policy.id):
            fix = "use lower-case letters, digits and `-`, at most 40, a letter first"
            yield Problem(f"`{policy.id}` cannot name a policy", document.at((*path, "id")), fix=fix, rule="name")
        if policy.id in ids:
            what = f"duplicate policy `{policy.id}`"
            yield Problem(what, document.at((*path, "id")), fix="give it an id of its own", rule="duplicate-id")
        ids.add(policy.id)
        other = metrics.setdefault(policy.metric, policy.id)
        if other != policy.id:
            # Application Auto Scaling refuses a second target-tracking policy on the same metric.
            what = f"the policies `{other}` and `{policy.id}` track the same metric"
            where = document.at((*path, "metric"))
            yield Problem(what, where, fix="keep one of them, or track another metric", rule="duplicate-metric")
        yield from _target_problems(document, (*path, "target"), policy.metric, policy.target)


def _override_problems(document: Document, file: _File, env: str) -> Iterator[Problem]:
    override = file.environments[env]
    base: KeyPath = ("environments", env)
    if override.min is not None or override.max is not None:
        low = file.min if override.min is None else override.min
        high = file.max if override.max is None else override.max
        if low > high:
            key = "min" if override.min is not None else "max"
            yield _min_over_max(document, (*base, key), low, high, f" in `{env}`")
    by_id = {policy.id: policy for policy in file.policies}
    for name, own in override.policies.items():
        path: KeyPath = (*base, "policies", name)
        if name not in by_id:
            fix = did_you_mean(name, by_id) or f"known: {', '.join(by_id)}"
            what = f"`{env}` overrides the unknown policy `{name}`"
            yield Problem(what, document.at_key(path), fix=fix, rule="unknown-reference")
        elif own.target is not None:
            yield from _target_problems(document, (*path, "target"), by_id[name].metric, own.target)


def _unknown_environments(document: Document, file: _File, known: Collection[str] | None) -> Iterator[Problem]:
    for env in file.environments if known is not None else ():
        if env not in (known or ()):
            fix = did_you_mean(env, known or ()) or "declare it in watchkeeper.yaml"
            where = document.at_key(("environments", env))
            yield Problem(f"unknown environment `{env}`", where, fix=fix, rule="unknown-reference")


def _target_problems(document: Document, path: KeyPath, metric: str, target: float) -> Iterator[Problem]:
    if metric in PERCENT_METRICS and target > 100:  # noqa: PLR2004 - percent
        what = f"a target of {target:g} percent is never reached"
        yield Problem(what, document.at(path), fix="choose a target below 100", rule="target-out-of-range")


def _min_over_max(document: Document, path: KeyPath, low: int, high: int, of: str) -> Problem:
    what = f"min {low} is larger than max {high}{of}"
    return Problem(what, document.at(path), fix="lower min or raise max", rule="min-over-max")
