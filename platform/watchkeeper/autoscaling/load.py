"""`autoscaling/<service>.yaml` to the scaling of a service in one environment; every problem at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Final

from annotated_types import Ge, Gt

from watchkeeper.autoscaling.model import ScalingConfig, TargetTrackingPolicy
from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.project.source import Document, read_document
from watchkeeper.project.validate import STRICT, locate_in, validate

FOLDER: Final = "autoscaling"


@dataclass(frozen=True, slots=True, kw_only=True)
class _PolicyOverride:
    __pydantic_config__ = STRICT

    target: Annotated[float, Gt(0)] | None = None
    scale_out_cooldown_s: Annotated[int, Ge(0)] | None = None
    scale_in_cooldown_s: Annotated[int, Ge(0)] | None = None
    disable_scale_in: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Override:
    __pydantic_config__ = STRICT

    min: Annotated[int, Ge(0)] | None = None
    max: Annotated[int, Ge(1)] | None = None
    policies: Mapping[str, _PolicyOverride] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declaration:
    __pydantic_config__ = STRICT

    service: str
    min: Annotated[int, Ge(0)]
    max: Annotated[int, Ge(1)]
    policies: tuple[TargetTrackingPolicy, ...]
    environments: Mapping[str, _Override] = field(default_factory=dict)


def load_scaling(root: Path, service: str, env: str) -> ScalingConfig:
    """The scaling of a service in an environment. Raises ConfigError with all problems of the file."""
    file = f"{FOLDER}/{service}.yaml"
    document = read_document(root, file)
    found = validate(_Declaration, document.data, locate_in((document, ())), what=f"scaling of `{service}`")
    override = found.environments.get(env, _Override())
    config = ScalingConfig(
        service=found.service,
        min=found.min if override.min is None else override.min,
        max=found.max if override.max is None else override.max,
        policies=tuple(_with(policy, override.policies.get(policy.id)) for policy in found.policies),
    )
    problems = list(_problems(found, config, document, service, env))
    if problems:
        raise ConfigError(problems)
    return config


def _with(policy: TargetTrackingPolicy, override: _PolicyOverride | None) -> TargetTrackingPolicy:
    if override is None:
        return policy
    given = {each.name: getattr(override, each.name) for each in fields(override)}
    return replace(policy, **{name: value for name, value in given.items() if value is not None})


def _problems(
    found: _Declaration, config: ScalingConfig, document: Document, service: str, env: str
) -> Iterator[Problem]:
    if found.service != service:
        what = f"the file of `{service}` says `service: {found.service}`"
        yield Problem(what, document.at(("service",)), fix=f"write `service: {service}`", rule="name")
    if config.min > config.max:
        what = f"min {config.min} is larger than max {config.max} in {env}"
        yield Problem(what, document.at(("min",)), fix="make max at least min", rule="range")
    ids: dict[str, Location] = {}
    metrics: dict[str, str] = {}
    for index, policy in enumerate(found.policies):
        where = document.at(("policies", index))
        if policy.id in ids:
            what = f"duplicate policy `{policy.id}`; the other one is at {ids[policy.id]}"
            yield Problem(what, where, fix="give it an id of its own", rule="duplicate-id")
        elif policy.metric in metrics:
            what = f"policies `{metrics[policy.metric]}` and `{policy.id}` track the same metric, which AWS refuses"
            yield Problem(what, where, fix="keep one of them", rule="duplicate-metric")
        ids.setdefault(policy.id, where)
        metrics.setdefault(policy.metric, policy.id)
    for name, override in found.environments.items():
        for policy_id in override.policies:
            if policy_id not in ids:
                where = document.at_key(("environments", name, "policies", policy_id))
                fix = did_you_mean(policy_id, ids) or f"known: {', '.join(ids)}"
                yield Problem(f"there is no policy `{policy_id}`", where, fix=fix, rule="unknown-reference")
