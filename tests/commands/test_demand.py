"""The demand that a rehearsal plays: which part of a recorded trace, how high, and when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchkeeper.commands.demand import TraceOptions, demand_of
from watchkeeper.errors import UsageError
from watchkeeper.sandbox.scenario import Fault, Scenario
from watchkeeper.sandbox.traffic import GeneratedDay
from watchkeeper.timeline import utc_text

SCENARIO = Scenario(
    start="2026-11-24T07:00:00Z",
    minutes=60,
    seed=1,
    day=GeneratedDay(night_rps=30, peak_rps=100),
    shares={"api": 0.9, "reports": 0.1},
    fault=Fault(what="aurora-slow", at_m=10, until_m=20),
)
FIRST = 1_398_038_400
"""2014-04-21, midnight UTC, a Monday."""


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[[int], Path]:
    """Three days, a value each five minutes: 50 but for 200 at one instant."""

    def write(peak_at_m: int) -> Path:
        file = tmp_path / "trace.csv"
        stamps = range(FIRST, FIRST + 3 * 86_400, 300)
        rows = [f"{utc_text(at)},{200 if at == FIRST + peak_at_m * 60 else 50}" for at in stamps]
        file.write_text("\n".join(["timestamp,value", *rows]) + "\n")
        return file

    return write


def test_the_24_hours_around_the_maximum_are_played(recorded: Callable[[int], Path]) -> None:
    """Unless the user chooses a part."""
    demand = demand_of(SCENARIO, TraceOptions(recorded(36 * 60)))

    assert "2014-04-22T00:00:00Z to 2014-04-23T00:00:00Z" in demand.told
    assert demand.scenario.minutes == 1440


@pytest.mark.corpus
def test_the_maximum_of_real_traffic_is_found(corpus: Path) -> None:
    """Request counts of a real load balancer."""
    told = demand_of(SCENARIO, TraceOptions(corpus / "traces" / "nab_elb_requests_5min.csv")).told

    assert "2014-04-22T07:34:00Z to 2014-04-23T07:34:00Z" in told


def test_a_chosen_part_is_scaled_to_the_peak_and_shared_out(recorded: Callable[[int], Path]) -> None:
    """The largest value of the part becomes the scenario's peak, or what the user says; each service has its share."""
    trace = TraceOptions(recorded(36 * 60), "2014-04-22T11:00:00Z", "2014-04-22T13:00:00Z")

    by_scenario, by_user = demand_of(SCENARIO, trace), demand_of(SCENARIO, replace(trace, peak_rps=40.0))

    assert by_scenario.scenario.minutes == 120
    assert (max(by_scenario.rps["api"]), min(by_scenario.rps["api"])) == (90.0, 22.5)
    assert max(by_scenario.rps["reports"]) == pytest.approx(10.0)
    assert (max(by_user.rps["api"]), "one unit is 0.2 requests" in by_user.told) == (36.0, True)


def test_a_recorded_week_is_moved_to_the_scenarios(recorded: Callable[[int], Path]) -> None:
    """Mornings stay mornings and Tuesdays Tuesdays, so that today's schedules cover them."""
    trace = TraceOptions(recorded(36 * 60), "2014-04-22T11:00:00Z", "2014-04-22T13:00:00Z")

    start = datetime.fromtimestamp(demand_of(SCENARIO, trace).scenario.start_s, UTC)

    assert (start.isoformat(), start.strftime("%A")) == ("2026-11-17T11:00:00+00:00", "Tuesday")


def test_a_fault_after_the_end_of_the_part_is_refused(recorded: Callable[[int], Path]) -> None:
    """A rehearsal without its fault would prove nothing."""
    trace = TraceOptions(recorded(36 * 60), "2014-04-22T11:00:00Z", "2014-04-22T11:10:00Z")

    with pytest.raises(UsageError, match="the fault begins in minute 10, the trace ends after 10"):
        demand_of(SCENARIO, trace)
