"""`watchkeeper demo`: sandbox up, deploy, sync, play a day, tell who heard of what, write the incident page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from watchkeeper.commands.dashboards.incident import write_incident_page
from watchkeeper.commands.demand import TraceOptions, demand_of
from watchkeeper.commands.rehearsal import Say, prepared_stage, transitions_of
from watchkeeper.commands.session import Session
from watchkeeper.sandbox.judge.check import Judgement
from watchkeeper.sandbox.process import hold_sandbox
from watchkeeper.sandbox.rehearsal import OnEvent, Rehearsal
from watchkeeper.sandbox.scenario import load_scenario
from watchkeeper.timeline import TimelineEvent, utc_text


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the user may change. report: the incident page, relative to the project. keep: leave the sandbox up."""

    scenario: str = "demo/scenario.yaml"
    has_fault: bool = True
    is_scaling_suspended: bool = False
    keep: bool = False
    trace: TraceOptions | None = None
    report: Path = Path(".watchkeeper/incident.html")


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What happened. synced: objects that were written, by verb. report: the incident page.

    transitions: every change of a monitor's group, told or not: at, monitor, group, from, to, value, told.
    states: of every monitor at the end.
    """

    seed: int
    traffic: str
    deployed: Judgement
    synced: Mapping[str, int]
    has_fault: bool
    events: Sequence[TimelineEvent]
    transitions: Sequence[Mapping[str, Any]]
    states: Mapping[str, str]
    report: Path

    def pages(self, *statuses: str) -> list[TimelineEvent]:
        """What PagerDuty did to incidents: triggered, escalated, acknowledged, resolved, dropped."""
        found = (event for event in self.events if event.kind == "page")
        return [event for event in found if not statuses or event.detail["status"] in statuses]

    @property
    def slack_messages(self) -> list[TimelineEvent]:
        """What Slack took."""
        sent = (event for event in self.events if event.kind == "notification" and event.detail["status"] == "sent")
        return [event for event in sent if event.source.startswith("slack-")]

    @property
    def scalings(self) -> list[TimelineEvent]:
        """Scaling activities."""
        return [event for event in self.events if event.kind == "scaling"]

    @property
    def has_failed(self) -> bool:
        """A fault that pages nobody is the one thing that must not happen."""
        return self.has_fault and not self.pages("triggered")

    def to_json(self) -> dict[str, Any]:
        """The document of `--json`."""
        return {
            "schema_version": 1,
            "seed": self.seed,
            "traffic": self.traffic,
            "deployed": {"stacks": len(self.deployed.resources), "resources": self.deployed.total},
            "synced": {name: self.synced[name] for name in ("monitors", "dashboards", "routing")},
            "page": self._page(),
            "pages": len(self.pages("triggered")),
            "slack_messages": len(self.slack_messages),
            "scaling": [
                {"at": utc_text(event.at), "service": event.service, **event.detail} for event in self.scalings
            ],
            "transitions": list(self.transitions),
            "monitors": dict(self.states),
            "report": str(self.report),
        }

    def _page(self) -> dict[str, Any] | None:
        """The first incident, from its trigger to its end."""
        triggered = self.pages("triggered")
        if not triggered:
            return None
        first = triggered[0]
        mine = [event for event in self.pages() if event.source == first.source]

        def when(status: str) -> str | None:
            return next((utc_text(event.at) for event in mine if event.detail["status"] == status), None)

        handle = f"pagerduty-{first.detail['service']}"
        cause = next(
            event
            for event in reversed(self.events)
            if event.kind == "monitor" and event.at == first.at and handle in _recipients(event)
        )
        return {
            "monitor": cause.source.rpartition("/")[2],
            "handle": handle,
            "incident": first.source,
            "assignee": _assignees(first)[0],
            "escalated_to": [
                name for event in mine if event.detail["status"] == "escalated" for name in _assignees(event)
            ],
            "triggered_at": utc_text(first.at),
            "acknowledged_at": when("acknowledged"),
            "resolved_at": when("resolved"),
        }


def _recipients(event: TimelineEvent) -> list[str]:
    found = event.detail.get("recipients")
    return [str(name) for name in found] if isinstance(found, list) else []


def _assignees(event: TimelineEvent) -> list[str]:
    found = event.detail["assignees"]
    return [str(name) for name in found] if isinstance(found, list) else []


def run_demo(
    session: Session,
    options: DemoOptions,
    say: Say,
    on_event: OnEvent,
    on_result: Callable[[DemoResult], None],
) -> DemoResult:
    """Play the scenario. Raises ConfigError, UsageError, RemoteError; takes its sandbox down in any case.

    on_result: is told the result while the sandbox is still up, which `keep` makes last until a signal.
    """
    scenario = load_scenario(session.root, options.scenario)
    if not options.has_fault:
        scenario = replace(scenario, fault=None)
    demand = demand_of(scenario, options.trace)
    scenario = demand.scenario
    with prepared_stage(session, scenario.start_s, say) as stage:
        say(f"traffic: {demand.told}")
        rehearsal = Rehearsal(
            session.environment, scenario, stage.sandbox, stage.cloud, is_suspended=options.is_scaling_suspended
        )
        events = rehearsal.play(demand.rps, on_event)
        report = write_incident_page(
            session, events, options.report, f"Rehearsed in the sandbox, seed {scenario.seed}."
        )
        result = DemoResult(
            seed=scenario.seed,
            traffic=demand.told,
            deployed=stage.deployed,
            synced=stage.synced,
            has_fault=scenario.fault is not None,
            events=events,
            transitions=transitions_of(stage.sandbox),
            states=stage.sandbox.datadog.states(),
            report=report,
        )
        on_result(result)
        if options.keep:
            say(f"sandbox: stays up, {stage.places}; Ctrl-C ends it")
            hold_sandbox(session.root, stage.sandbox, None, lambda: None)
    return result
