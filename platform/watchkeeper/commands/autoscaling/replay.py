"""`autoscaling simulate` and `check`: a trace through the scaling of a service."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.autoscaling.activities import Activity
from watchkeeper.autoscaling.fleet import Loss
from watchkeeper.autoscaling.model import ScalingConfig
from watchkeeper.autoscaling.outcome import Outcome, outcome
from watchkeeper.autoscaling.simulate import Run, simulate
from watchkeeper.autoscaling.task import Workload
from watchkeeper.autoscaling.trace import Trace, instant, parse_trace
from watchkeeper.commands.autoscaling.declared import declared_scaling
from watchkeeper.commands.autoscaling.prices import fargate_prices
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says. scale: requests per second of one unit of the trace.

    deploys: (from, until), lost_zones, spot_interruptions: when, as texts. own_metrics: by policy id, at a request per
    second and task.
    """

    trace: Path
    service: str
    scale: float = 1.0
    cpu_ms: float = 10.0
    start_s: float = 45.0
    delay_s: float = 153.0
    max_wait_s: float = 1.0
    drain_s: float = 30.0
    full_memory_percent: float = 40.0
    own_metrics: Sequence[tuple[str, float]] = ()
    deploys: Sequence[tuple[str, str]] = ()
    lost_zones: Sequence[str] = ()
    spot_interruptions: Sequence[str] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Replayed:
    """A run with its figures, and what it was of. losses: when, and what was lost, as a sentence."""

    config: ScalingConfig
    run: Run
    outcome: Outcome
    losses: Sequence[tuple[int, str]] = ()


def replay(session: Session, options: Options) -> Replayed:
    """Simulate. Raises ConfigError for the files and the trace, UsageError for an unknown service."""
    config = _scaling(session, options.service)
    service = session.environment.service(config.service)
    workload = Workload(
        cpu_ms=options.cpu_ms,
        vcpu=service.cpu / 1024,
        memory_gib=service.memory_mib / 1024,
        start_s=options.start_s,
        health_check_s=service.health_check.interval_s,
        delay_s=options.delay_s,
        max_wait_s=options.max_wait_s,
        drain_s=options.drain_s,
        full_memory_percent=options.full_memory_percent,
        own_metrics=_own_metrics(options, config),
        spot_ratio=service.capacity.spot_percent / 100,
        **fargate_prices(session, service),
        on_demand_base=service.capacity.on_demand_base,
    )
    losses = list(_losses(options, config.service, workload, session.environment.network.application_zones))
    run = simulate(
        config,
        _trace(options),
        workload,
        seed=options.seed,
        deployments=[_window(begin, until) for begin, until in options.deploys],
        losses=[loss for loss, _ in losses],
    )
    return Replayed(config, run, outcome(run, workload), [(loss.at, told) for loss, told in losses])


def _losses(options: Options, service: str, workload: Workload, zones: int) -> Iterator[tuple[Loss, str]]:
    """What is lost, and how to say it."""
    for text in options.lost_zones:
        yield Loss(_instant(text, "--lose-zone"), 1 / zones), f"a zone is lost, with {1 / zones:.0%} of the tasks"
    if options.spot_interruptions and not workload.spot_ratio:
        fix = "leave out --interrupt-spot, or give it a share on Spot below `capacity:` in watchkeeper.yaml"
        raise UsageError(f"`{service}` has no tasks on Spot", fix)
    for text in options.spot_interruptions:
        loss = Loss(_instant(text, "--interrupt-spot"), workload.spot_ratio, workload.on_demand_base)
        beyond = f", beyond the first {loss.base}" if loss.base else ""
        yield loss, f"Spot takes back its {loss.share:.0%} of the tasks{beyond}"


def _own_metrics(options: Options, config: ScalingConfig) -> Mapping[str, float]:
    known = [each.id for each in config.policies if not isinstance(each.metric, str)]
    known += [each.id for each in config.step_policies if not isinstance(each.metric, str)]
    for policy, _ in options.own_metrics:
        if policy not in known:
            what = f"`{config.service}` has no policy `{policy}` on a metric of its own"
            raise UsageError(what, did_you_mean(policy, known) or f"known: {', '.join(known) or 'none'}")
    return dict(options.own_metrics)


def _window(begin: str, until: str) -> tuple[int, int]:
    window = (_instant(begin, "--deploy"), _instant(until, "--deploy"))
    if window[0] >= window[1]:
        raise UsageError(
            f"the deployment from {begin} ends at {until}, before it begins", "write `--deploy FROM UNTIL`"
        )
    return window


def _instant(text: str, option: str) -> int:
    try:
        return instant(text)
    except ValueError as err:
        raise UsageError(f"{option}: `{text}` is no time", "write Unix seconds, or 2026-11-24T10:00:00Z") from err


def _scaling(session: Session, service: str) -> ScalingConfig:
    declared = declared_scaling(session, Path(f"{service}.yaml") if service else None)
    if len(declared) != 1:
        names = ", ".join(each.config.service for each in declared)
        raise UsageError("which service?", f"add `--service NAME`, one of: {names}")
    return declared[0].config


def _trace(options: Options) -> Trace:
    try:
        text = options.trace.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(f"cannot read {options.trace}: {err}") from err
    trace = parse_trace(text, str(options.trace))
    return Trace([(stamp, value * options.scale) for stamp, value in trace.points], trace.step_s)


def told(run: Run) -> Iterator[tuple[int, int, int, Activity, int]]:
    """The activities, those that changed nothing only once a run of equal ones: with how many there were."""
    waiting: tuple[int, int, int, Activity, int] | None = None
    for at, before, after, activity in run.activities:
        key = (activity["Cause"], activity.get("NotScaledReasons"))
        if waiting is not None and "NotScaledReasons" in activity and key == _key(waiting[3]):
            waiting = (*waiting[:4], waiting[4] + 1)
            continue
        if waiting is not None:
            yield waiting
        waiting = (at, before, after, activity, 1)
    if waiting is not None:
        yield waiting


def _key(activity: Activity) -> tuple[object, object]:
    return (activity["Cause"], activity.get("NotScaledReasons"))
