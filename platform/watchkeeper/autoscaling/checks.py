"""What is wrong in a scaling file that has the right shape, each problem at its place."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watchkeeper.autoscaling.file import (
    Override,
    PolicyText,
    ScalingFile,
    ScheduleText,
    StepPolicyText,
)
from watchkeeper.autoscaling.metric_math import MathSyntaxError, metric_ids, parse_math
from watchkeeper.autoscaling.model import PERCENT_METRICS, STANDARD_RESOLUTION
from watchkeeper.autoscaling.schedule import ScheduleSyntaxError, parse_schedule
from watchkeeper.autoscaling.step_checks import step_problems
from watchkeeper.errors import Problem, did_you_mean
from watchkeeper.project.source import Document, KeyPath

_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_MATH_ID: Final = re.compile(r"[a-z][a-zA-Z0-9_]*")
_MOST_POLICIES: Final = 50
_MOST_SCHEDULES: Final = 200
_NAMED_VALUES: Final = ("$cluster", "$service", "$load_balancer", "$target_group")


def problems_of(
    document: Document, file: ScalingFile, service: str, known_environments: Collection[str] | None
) -> Iterator[Problem]:
    """Everything. service: whose file it is. known_environments: where given, others may not be named."""
    if file.service != service:
        what = f"the file of the service `{service}` says `service: {file.service}`"
        yield Problem(what, document.at(("service",)), fix=f"write `service: {service}`", rule="service")
    if file.min > file.max:
        yield _min_over_max(document, ("min",), file.min, file.max, "")
    yield from _ids(document, file)
    yield from _quotas(document, file)
    for index, policy in enumerate(file.policies):
        yield from _metric_problems(document, ("policies", index), policy)
        yield from _target_problems(document, ("policies", index, "target"), policy.metric, policy.target)
        if policy.cloudwatch is not None and policy.cloudwatch.period_s != 60:  # noqa: PLR2004 - a minute
            what = f"target tracking reads a metric every minute, not every {policy.cloudwatch.period_s} s"
            where = document.at(("policies", index, "cloudwatch", "period_s"))
            yield Problem(what, where, fix="leave `period_s` out", rule="wrong-value")
    yield from _same_metrics(document, file.policies)
    for index, step_policy in enumerate(file.step_policies):
        yield from _metric_problems(document, ("step_policies", index), step_policy)
        yield from step_problems(document, ("step_policies", index), step_policy)
    for index, action in enumerate(file.schedules):
        yield from _schedule_problems(document, ("schedules", index), action, file)
    for env, override in file.environments.items():
        yield from _override_problems(document, file, env, override)
    yield from _unknown_environments(document, file, known_environments)


def _ids(document: Document, file: ScalingFile) -> Iterator[Problem]:
    """Policies of every kind share one set of names in AWS; scheduled actions have their own."""
    policies: list[tuple[KeyPath, str]] = [
        *((("policies", index, "id"), each.id) for index, each in enumerate(file.policies)),
        *((("step_policies", index, "id"), each.id) for index, each in enumerate(file.step_policies)),
    ]
    if file.predictive is not None:
        policies.append((("predictive", "id"), file.predictive.id))
    schedules: list[tuple[KeyPath, str]] = [
        (("schedules", index, "id"), each.id) for index, each in enumerate(file.schedules)
    ]
    for kind, given in (("policy", policies), ("scheduled action", schedules)):
        seen: set[str] = set()
        for path, name in given:
            if not _ID.fullmatch(name):
                fix = "use lower-case letters, digits and `-`, at most 40, a letter first"
                yield Problem(f"`{name}` cannot name a {kind}", document.at(path), fix=fix, rule="name")
            if name in seen:
                what = f"duplicate {kind} `{name}`"
                yield Problem(what, document.at(path), fix="give it an id of its own", rule="duplicate-id")
            seen.add(name)


def _quotas(document: Document, file: ScalingFile) -> Iterator[Problem]:
    """Source: Application Auto Scaling user guide, "Quotas"."""
    policies = len(file.policies) + len(file.step_policies) + (file.predictive is not None)
    counted = (
        ("policies", policies, _MOST_POLICIES),
        ("scheduled actions", len(file.schedules), _MOST_SCHEDULES),
    )
    for kind, count, most in counted:
        if count > most:
            where = document.at_key(("schedules",) if kind == "scheduled actions" else ("policies",))
            yield Problem(
                f"AWS takes {most} {kind} a service, not {count}", where, fix="remove some", rule="wrong-value"
            )


def _metric_problems(document: Document, path: KeyPath, policy: PolicyText | StepPolicyText) -> Iterator[Problem]:
    kinds = {"metric": policy.metric, "cloudwatch": policy.cloudwatch, "math": policy.math}
    given = [name for name, value in kinds.items() if value is not None]
    if not given:
        what = f"the policy `{policy.id}` says no metric"
        fix = "add `metric:` with a name that Application Auto Scaling knows, `cloudwatch:` or `math:`"
        yield Problem(what, document.at(path), fix=fix, rule="missing-key")
    if len(given) > 1:
        what = f"the policy `{policy.id}` says {' and '.join(f'`{name}`' for name in given)}"
        yield Problem(what, document.at_key((*path, given[-1])), fix="keep one of them", rule="wrong-value")
    metrics = {("cloudwatch",): policy.cloudwatch} if policy.cloudwatch else {}
    if policy.math is not None:
        metrics |= {("math", "metrics", name): metric for name, metric in policy.math.metrics.items()}  # type: ignore[misc]
        yield from _math_problems(document, (*path, "math"), policy.math.expression, list(policy.math.metrics))
    for key, metric in metrics.items():
        assert metric is not None
        for name, value in metric.dimensions.items():
            if value.startswith("$") and value not in _NAMED_VALUES:
                where = document.at((*path, *key, "dimensions", name))
                fix = did_you_mean(value, _NAMED_VALUES) or f"known: {', '.join(_NAMED_VALUES)}"
                yield Problem(f"`{value}` names nothing that is deployed", where, fix=fix, rule="unknown-reference")


def _math_problems(document: Document, path: KeyPath, expression: str, ids: Sequence[str]) -> Iterator[Problem]:
    try:
        used = set(metric_ids(parse_math(expression)))
    except MathSyntaxError as err:
        where = document.inside((*path, "expression"), err.offset)
        fix = "write CloudWatch metric math over the ids below `metrics`, such as messages / tasks"
        yield Problem(f"{err} in `{expression}`", where, fix=fix, rule="metric-math")
        return
    if not ids:
        what = "the expression has no metric"
        where = document.at((*path, "metrics"))
        yield Problem(what, where, fix="add what it is computed from below `metrics`", rule="missing-key")
    for name in ids:
        where = document.at_key((*path, "metrics", name))
        if not _MATH_ID.fullmatch(name):
            fix = "use letters, digits and `_`, a lower-case letter first"
            yield Problem(f"`{name}` cannot name a metric in an expression", where, fix=fix, rule="name")
        elif name not in used:
            what = f"the expression does not use `{name}`"
            yield Problem(what, where, fix="use it, or remove it", rule="unused")
    for name in sorted(used - set(ids)):
        found = re.search(rf"\b{re.escape(name)}\b", expression)
        where = document.inside((*path, "expression"), found.start() if found else 0)
        fix = did_you_mean(name, ids) or f"known: {', '.join(ids)}"
        what = f"the expression names the unknown metric `{name}`"
        yield Problem(what, where, fix=fix, rule="unknown-reference")


def _same_metrics(document: Document, policies: Sequence[PolicyText]) -> Iterator[Problem]:
    """Application Auto Scaling refuses a second target-tracking policy on the same metric."""
    seen: list[tuple[object, str]] = []
    for index, policy in enumerate(policies):
        metric = STANDARD_RESOLUTION.get(policy.metric or "", policy.metric) or policy.cloudwatch or policy.math
        other = next((name for known, name in seen if metric is not None and known == metric), policy.id)
        seen.append((metric, policy.id))
        if other != policy.id:
            key = "metric" if policy.metric else "cloudwatch" if policy.cloudwatch else "math"
            what = f"the policies `{other}` and `{policy.id}` track the same metric"
            where = document.at(("policies", index, key))
            yield Problem(what, where, fix="keep one of them, or track another metric", rule="duplicate-metric")


def _schedule_problems(document: Document, path: KeyPath, action: ScheduleText, file: ScalingFile) -> Iterator[Problem]:
    try:
        parse_schedule(action.schedule)
    except ScheduleSyntaxError as err:
        where = document.inside((*path, "schedule"), err.offset)
        yield Problem(str(err), where, fix=err.fix, rule="schedule")
    if action.min is None and action.max is None:
        what = f"the scheduled action `{action.id}` sets neither min nor max"
        yield Problem(what, document.at(path), fix="add `min:` or `max:`", rule="missing-key")
    try:
        ZoneInfo(action.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        where = document.at((*path, "timezone"))
        fix = "use an IANA name, such as Europe/Berlin"
        yield Problem(f"unknown time zone `{action.timezone}`", where, fix=fix, rule="schedule")
    for key, text in (("start", action.start), ("end", action.end)):
        if text is not None and not _is_local_time(text):
            fix = "write it as 2027-01-31T08:00:00, without an offset: it is read in `timezone`"
            yield Problem(f"`{text}` is no date and time", document.at((*path, key)), fix=fix, rule="schedule")
    yield from _schedule_bounds(document, path, (action.min, action.max), (file.min, file.max), "")


def _is_local_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _schedule_bounds(
    document: Document,
    path: KeyPath,
    own: tuple[int | None, int | None],
    around: tuple[int, int],
    of: str,
) -> Iterator[Problem]:
    low, high = (around[0] if own[0] is None else own[0]), (around[1] if own[1] is None else own[1])
    if low > high and around[0] <= around[1]:
        yield _min_over_max(document, (*path, "min" if own[0] is not None else "max"), low, high, of)


def _override_problems(document: Document, file: ScalingFile, env: str, override: Override) -> Iterator[Problem]:
    base: KeyPath = ("environments", env)
    low = file.min if override.min is None else override.min
    high = file.max if override.max is None else override.max
    if (override.min is not None or override.max is not None) and low > high:
        yield _min_over_max(document, (*base, "min" if override.min is not None else "max"), low, high, f" in `{env}`")
    policies = {policy.id: policy for policy in file.policies}
    for name, own in override.policies.items():
        if name in policies and own.target is not None:
            path = (*base, "policies", name, "target")
            yield from _target_problems(document, path, policies[name].metric, own.target)
    schedules = {action.id: action for action in file.schedules}
    for action in file.schedules:
        change = override.schedules.get(action.id)
        if change is None and override.min is None and override.max is None:
            continue
        smallest = action.min if change is None or change.min is None else change.min
        largest = action.max if change is None or change.max is None else change.max
        path = (*base, "schedules", action.id) if change is not None else base
        yield from _schedule_bounds(document, path, (smallest, largest), (low, high), f" in `{env}` for `{action.id}`")
    known: Mapping[str, tuple[str, Collection[str], Collection[str]]] = {
        "policies": ("policy", policies, override.policies),
        "step_policies": ("step policy", [each.id for each in file.step_policies], override.step_policies),
        "schedules": ("scheduled action", schedules, override.schedules),
    }
    for key, (kind, ids, named) in known.items():
        for name in named:
            if name not in ids:
                fix = did_you_mean(name, ids) or f"known: {', '.join(ids) or 'none'}"
                what = f"`{env}` overrides the unknown {kind} `{name}`"
                yield Problem(what, document.at_key((*base, key, name)), fix=fix, rule="unknown-reference")
    if override.predictive is not None and file.predictive is None:
        what = f"`{env}` overrides a predictive policy that the file does not have"
        where = document.at_key((*base, "predictive"))
        yield Problem(what, where, fix="add `predictive:` to the file", rule="unknown-reference")


def _unknown_environments(document: Document, file: ScalingFile, known: Collection[str] | None) -> Iterator[Problem]:
    for env in file.environments if known is not None else ():
        if env not in (known or ()):
            fix = did_you_mean(env, known or ()) or "declare it in watchkeeper.yaml"
            where = document.at_key(("environments", env))
            yield Problem(f"unknown environment `{env}`", where, fix=fix, rule="unknown-reference")


def _target_problems(document: Document, path: KeyPath, metric: str | None, target: float) -> Iterator[Problem]:
    if metric in PERCENT_METRICS and target > 100:  # noqa: PLR2004 - percent
        what = f"a target of {target:g} percent is never reached"
        yield Problem(what, document.at(path), fix="choose a target below 100", rule="target-out-of-range")


def _min_over_max(document: Document, path: KeyPath, low: int, high: int, of: str) -> Problem:
    what = f"min {low} is larger than max {high}{of}"
    return Problem(what, document.at(path), fix="lower min or raise max", rule="min-over-max")
