"""`watchkeeper demo`: bring the sandbox up, sync the monitors, play a day, tell who would have heard of what."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from watchkeeper.autoscaling.load import load_scaling
from watchkeeper.commands.monitors.reconcile import monitors_reconciliation
from watchkeeper.commands.reconcile import carry_out, make_plan
from watchkeeper.commands.sandbox.accounts import sandbox_accounts
from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.process import start_sandbox
from watchkeeper.sandbox.rehearsal import OnEvent, Rehearsal
from watchkeeper.sandbox.scenario import load_scenario
from watchkeeper.timeline import TimelineEvent, utc_text

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the user may change."""

    scenario: str = "demo/scenario.yaml"
    has_fault: bool = True
    is_scaling_suspended: bool = False


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What happened. synced: monitors that were written."""

    seed: int
    synced: int
    has_fault: bool
    events: Sequence[TimelineEvent]

    @property
    def pages(self) -> list[TimelineEvent]:
        """Monitor transitions that were handed to PagerDuty."""
        return [event for event in self.events if event.kind == "monitor" and _recipients(event, "pagerduty-")]

    @property
    def notes(self) -> list[TimelineEvent]:
        """Monitor transitions that were handed to Slack."""
        return [event for event in self.events if event.kind == "monitor" and _recipients(event, "slack-")]

    @property
    def has_failed(self) -> bool:
        """A fault that pages nobody is the one thing that must not happen."""
        return self.has_fault and not any(event.detail["to"] == "Alert" for event in self.pages)

    def to_json(self) -> dict[str, Any]:
        """The document of `--json`. What is not rehearsed yet is null, not zero."""
        alerts = [event for event in self.pages if event.detail["to"] == "Alert"]
        page = None
        if alerts:
            first = alerts[0]
            recovered = (event for event in self.pages if event.source == first.source and event.detail["to"] == "OK")
            resolved = next((utc_text(event.at) for event in recovered if event.at > first.at), None)
            page = {
                "monitor": first.source.rpartition("/")[2],
                "handle": _recipients(first, "pagerduty-")[0],
                "incident": None,
                "assignee": None,
                "triggered_at": utc_text(first.at),
                "resolved_at": resolved,
            }
        return {
            "schema_version": 1,
            "seed": self.seed,
            "deployed": None,
            "synced": {"monitors": self.synced, "dashboards": None, "routing": None},
            "page": page,
            "slack_messages": len(self.notes),
            "scaling": [
                {"at": utc_text(event.at), "service": event.service, **event.detail}
                for event in self.events
                if event.kind == "scaling"
            ],
            "report": None,
        }


def _recipients(event: TimelineEvent, prefix: str) -> list[str]:
    found = event.detail.get("recipients")
    return [str(name) for name in found if str(name).startswith(prefix)] if isinstance(found, list) else []


def run_demo(session: Session, options: DemoOptions, say: Say, on_event: OnEvent) -> DemoResult:
    """Play the scenario. Raises ConfigError, UsageError, RemoteError; takes its sandbox down in any case."""
    scenario = load_scenario(session.root, options.scenario)
    if not options.has_fault:
        scenario = replace(scenario, fault=None)
    scalings = {}
    problems: list[Problem] = []
    for service in session.environment.services:
        try:
            scalings[service.id] = load_scaling(session.root, service.id, session.environment.name)
        except ConfigError as err:
            problems += err.problems
    if problems:
        raise ConfigError(problems)
    accounts = sandbox_accounts(session.project)
    sandbox = start_sandbox(session.root, accounts, pid=os.getpid(), now=scenario.start_s)
    try:
        say(f"sandbox: Datadog at {sandbox.record.urls['datadog']}, virtual time {utc_text(scenario.start_s)}")
        work = monitors_reconciliation(session)
        receipt = carry_out(work, make_plan(work))
        say(f"monitors sync: {receipt.line}")
        post = (sandbox.record.urls["datadog"], sandbox.record.keys["datadog_api_key"])
        rehearsal = Rehearsal(
            session.environment,
            scalings,
            scenario,
            sandbox.datadog,
            post=post,
            is_suspended=options.is_scaling_suspended,
        )
        events = rehearsal.play(on_event)
    finally:
        sandbox.close()
        remove_record(session.root)
    return DemoResult(scenario.seed, len(receipt.created) + len(receipt.updated), options.has_fault, events)
