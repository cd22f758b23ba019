"""`monitors plan` and `sync`: the declared monitors and Datadog."""

from collections.abc import Collection
from datetime import UTC, datetime

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.monitors import MonitorStore
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.monitors.lint import refuse_errors
from watchkeeper.commands.reconcile import Reconciliation, Side
from watchkeeper.commands.session import Session
from watchkeeper.monitors.codec import identify_monitor, monitor_id, monitor_title
from watchkeeper.monitors.model import KIND
from watchkeeper.monitors.normalise import normalise_monitor
from watchkeeper.project.identity import Identity
from watchkeeper.sync.kind import Desired, Kind

MONITOR = Kind(
    name=KIND,
    identify=identify_monitor,
    remote_id=monitor_id,
    normalise=normalise_monitor,
    title=monitor_title,
    replaces_on=frozenset({"type"}),
)


def monitors_reconciliation(session: Session, tolerated: Collection[str] = ()) -> Reconciliation:
    """Everything a plan needs. Raises ConfigError for what lint calls an error, UsageError, RemoteError.

    tolerated: lint rules whose errors do not refuse; only a rehearsal has any.
    """
    declared = declared_monitors(session)
    refuse_errors(session, declared, datetime.now(UTC).date(), tolerated)
    target = session.target
    where = endpoint(target, "datadog")
    client = DatadogClient(where)
    organisation = client.call("GET", "/api/v1/org")["orgs"][0]["name"]
    project, env = session.project.name, session.environment.name

    def is_ours(identity: Identity) -> bool:
        return identity.project == project and identity.env == env

    return Reconciliation(
        env=env,
        target=f"Datadog {organisation} ({where.host})",
        sides=[Side(MONITOR, MonitorStore(client))],
        desired=[
            Desired(KIND, monitor.identity, declared.body(monitor), monitor.where, monitor.moved_from)
            for monitor in declared.monitors
        ],
        is_ours=is_ours,
        requests=lambda: client.caller.requests,
    )
