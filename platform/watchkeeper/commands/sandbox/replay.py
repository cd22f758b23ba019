"""`sandbox replay`: events through services, scaling, monitors and paging, compared with what is expected of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from watchkeeper.commands.dashboards.incident import write_incident_page
from watchkeeper.commands.demand import demand_of
from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.rehearsal import Say, prepared_stage, transitions_of
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError, did_you_mean
from watchkeeper.sandbox.comparison import Outcome, differences
from watchkeeper.sandbox.expectation import Known, read_expectation
from watchkeeper.sandbox.rehearsal import OnEvent, Rehearsal
from watchkeeper.sandbox.scenario import Scenario, load_scenario
from watchkeeper.sandbox.script import read_script
from watchkeeper.timeline import TimelineEvent, as_record, utc_text

FOLDER: Final = "demo/replay"
_SCRIPT: Final = ".jsonl"
_EXPECTED: Final = ".expected.yaml"


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """what: the name of a file in FOLDER, or a path. scenario, expected: relative to the project, empty for its own.

    report: the incident page, relative to the project.
    """

    what: str
    scenario: str = ""
    expected: str = ""
    report: Path = Path(".watchkeeper/incident.html")


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of it. differences: from what was expected, empty without an expectation too."""

    name: str
    seed: int
    start: str
    minutes: int
    events: Sequence[TimelineEvent]
    transitions: Sequence[Mapping[str, Any]]
    states: Mapping[str, str]
    is_compared: bool
    differences: Sequence[str]
    report: Path

    def to_json(self) -> dict[str, Any]:
        """The document of `--json`."""
        return {
            "schema_version": 1,
            "replay": self.name,
            "seed": self.seed,
            "start": self.start,
            "minutes": self.minutes,
            "compared": self.is_compared,
            "differences": list(self.differences),
            "events": [as_record(event) for event in self.events],
            "transitions": list(self.transitions),
            "monitors": dict(self.states),
            "report": str(self.report),
        }


def run_replay(session: Session, options: ReplayOptions, say: Say, on_event: OnEvent) -> ReplayResult:
    """Play and compare. Raises ConfigError, UsageError, RemoteError; everything is read before anything is started."""
    path = _script(session.root, options.what)
    name = _shown(session.root, path)
    setting = load_scenario(session.root, options.scenario or f"{FOLDER}/setting.yaml")
    scenario, plan = read_script(path, name, setting, session.environment)
    beside = path.with_name(path.name.removesuffix(_SCRIPT) + _EXPECTED)
    expected_file = options.expected or (_shown(session.root, beside) if beside.exists() else "")
    expected = read_expectation(session.root, expected_file, _known(session, scenario)) if expected_file else None
    demand = demand_of(scenario, None)
    with prepared_stage(session, scenario.start_s, say) as stage:
        say(f"traffic: {demand.told}")
        rehearsal = Rehearsal(session.environment, scenario, stage.sandbox, stage.cloud, plan)
        events = rehearsal.play(demand.rps, on_event)
        transitions, states = transitions_of(stage.sandbox), stage.sandbox.datadog.states()
        title = f"{name}, replayed with seed {scenario.seed}."
        report = write_incident_page(session, events, options.report, title)
    outcome = Outcome(scenario.start_s, events, _alerts(transitions), states)
    return ReplayResult(
        name=name,
        seed=scenario.seed,
        start=utc_text(scenario.start_s),
        minutes=scenario.minutes,
        events=events,
        transitions=transitions,
        states=states,
        is_compared=expected is not None,
        differences=differences(expected, outcome) if expected else (),
        report=report,
    )


def _known(session: Session, scenario: Scenario) -> Known:
    return Known(
        services=[service.id for service in session.environment.services],
        monitors=[str(monitor.identity) for monitor in declared_monitors(session).monitors],
        minutes=scenario.minutes,
    )


def _alerts(transitions: Sequence[Mapping[str, Any]]) -> list[tuple[int, str, tuple[str, ...]]]:
    """Of every group that came to Alert: when, which monitor, which group."""
    return [
        (_seconds(each["at"]), str(each["monitor"]), tuple(str(part) for part in each["group"]))
        for each in transitions
        if each["to"] == "Alert"
    ]


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp())


def _script(root: Path, what: str) -> Path:
    """The file of a name. Raises UsageError with the names that there are."""
    if what.endswith(_SCRIPT):
        path = Path(what)
        return path if path.is_absolute() or path.exists() else root / path
    path = root / FOLDER / f"{what}{_SCRIPT}"
    if not path.exists():
        known = sorted(each.name.removesuffix(_SCRIPT) for each in (root / FOLDER).glob(f"*{_SCRIPT}"))
        named = f"known: {', '.join(known)}" if known else f"{FOLDER} has none"
        names = f"{named}; or name a file that ends in {_SCRIPT}"
        raise UsageError(f"there is no replay `{what}`", did_you_mean(what, known) or names)
    return path


def _shown(root: Path, path: Path) -> str:
    """Relative to the project where it lies inside."""
    resolved, base = path.resolve(), root.resolve()
    return str(resolved.relative_to(base)) if resolved.is_relative_to(base) else str(path)
