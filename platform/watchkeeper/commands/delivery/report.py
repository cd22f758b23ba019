"""`watchkeeper delivery report`: PagerDuty and Datadog learn of a deploy."""

from dataclasses import dataclass
from typing import Any

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.adapters.pagerduty.change_events import ChangeEvents, service_keys
from watchkeeper.adapters.pagerduty.client import PagerDutyClient
from watchkeeper.commands.session import Session
from watchkeeper.delivery.report import DeployReport, change_event, datadog_event
from watchkeeper.errors import RemoteError


@dataclass(frozen=True, slots=True)
class Reported:
    """pagerduty: identities of the services that were told. datadog: whether the event was taken. failed: reasons."""

    pagerduty: tuple[str, ...]
    datadog: bool
    failed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """One document."""
        told = {"pagerduty": list(self.pagerduty), "datadog": self.datadog, "failed": list(self.failed)}
        return {"schema_version": 1, **told}


def report_deploy(session: Session, report: DeployReport) -> Reported:
    """Tell every managed PagerDuty service of the environment, and Datadog. One failing keeps the other from nothing.

    Raises UsageError when a key is missing or the sandbox is down.
    """
    target = session.target
    datadog = DatadogClient(endpoint(target, "datadog"))
    pagerduty = PagerDutyClient(endpoint(target, "pagerduty"))
    events = ChangeEvents(endpoint(target, "pagerduty_events"))
    teams = {service.id: service.team for service in session.environment.services}
    failed, told = [], []
    is_taken = False
    try:
        datadog.call("POST", "/api/v1/events", body=datadog_event(report, teams))
        is_taken = True
    except RemoteError as err:
        failed.append(err.what)
    try:
        for identity, key in service_keys(pagerduty, report.project, report.env):
            events.send(change_event(report, identity.service or identity.id, key.reveal()))
            told.append(identity.short)
    except RemoteError as err:
        failed.append(err.what)
    return Reported(tuple(told), is_taken, tuple(failed))
