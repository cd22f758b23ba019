"""The traffic that a rehearsal plays: the scenario's generated day, or a part of a recorded trace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from watchkeeper.autoscaling.trace import instant, parse_trace
from watchkeeper.errors import UsageError
from watchkeeper.sandbox.scenario import Scenario
from watchkeeper.sandbox.traffic import cut_trace, day_around_maximum, generate_day, moved_by_weeks, shares
from watchkeeper.timeline import utc_text


@dataclass(frozen=True, slots=True)
class TraceOptions:
    """Which part of which file. begin, end: as the user writes instants, empty for the 24 hours around the maximum.

    peak_rps: what the largest value of the part becomes; None: the scenario's own peak.
    """

    file: Path
    begin: str = ""
    end: str = ""
    peak_rps: float | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """scenario: with the start and length that are played. rps: requests per second of each minute, by service."""

    scenario: Scenario
    rps: Mapping[str, Sequence[float]]
    told: str


def demand_of(scenario: Scenario, trace: TraceOptions | None) -> Demand:
    """The demand of a scenario. Raises ConfigError, or UsageError for a part without traffic."""
    if trace is None:
        rng = Random(scenario.seed)  # noqa: S311 - a day, not a key
        total = generate_day(scenario.day, scenario.minutes, scenario.start_s, rng)
        told = f"a generated day from {utc_text(scenario.start_s)}, {scenario.minutes} minutes, seed {scenario.seed}"
        return Demand(scenario, shares(total, scenario.shares), told)
    try:
        text = trace.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(f"{trace.file} cannot be read: {err}", "name a CSV file with `timestamp,value`") from err
    recorded = parse_trace(text, str(trace.file))
    begin, end = day_around_maximum(recorded)
    begin = _instant(trace.begin, "--from") if trace.begin else begin
    end = _instant(trace.end, "--to") if trace.end else end
    span = f"the trace covers {utc_text(recorded.start)} to {utc_text(recorded.end)}"
    if not recorded.start - recorded.step_s < begin < end <= recorded.end + recorded.step_s:
        raise UsageError(f"{utc_text(begin)} to {utc_text(end)} is not a part of the trace", span)
    try:
        window = cut_trace(recorded, begin, end, trace.peak_rps or scenario.day.peak_rps)
    except ValueError as err:
        raise UsageError(f"{trace.file}: {err}", span) from err
    start = moved_by_weeks(window.start, scenario.start_s)
    told = (
        f"{trace.file.name} from {utc_text(begin)} to {utc_text(end)}, one unit is {window.factor:.4g} requests per "
        f"second, played {(start - window.start) // (7 * 86_400)} weeks later from {utc_text(start)}"
    )
    played = replace(scenario, start=utc_text(start), minutes=len(window.rps))
    if played.fault and played.fault.at_m >= played.minutes:
        raise UsageError(
            f"the fault begins in minute {played.fault.at_m}, the trace ends after {played.minutes}",
            "choose a longer part with --from and --to, or another scenario",
        )
    return Demand(played, shares(window.rps, scenario.shares), told)


def _instant(text: str, option: str) -> int:
    try:
        return instant(text) // 60 * 60
    except ValueError as err:
        raise UsageError(f"{option} `{text}` is not an instant", "write it as 2014-04-12T18:00:00Z") from err
