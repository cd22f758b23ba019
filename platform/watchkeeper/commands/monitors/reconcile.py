"""`monitors plan` and `sync`: the declared monitors and objectives, and Datadog."""

from collections.abc import Collection
from datetime import UTC, datetime

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.monitors import MonitorStore
from watchkeeper.adapters.datadog.slos import SloStore
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.monitors.lint import refuse_errors
from watchkeeper.commands.reconcile import Reconciliation, Side
from watchkeeper.commands.session import Session
from watchkeeper.monitors.codec import identify_monitor, monitor_id, monitor_title
from watchkeeper.monitors.model import KIND
from watchkeeper.monitors.normalise import normalise_monitor
from watchkeeper.monitors.slo.codec import encode_slo, identify_slo, normalise_slo, slo_id, slo_title
from watchkeeper.monitors.slo.model import KIND as SLO_KIND
from watchkeeper.project.references import link
from watchkeeper.sync.kind import Desired, Kind

MONITOR = Kind(
    name=KIND,
    identify=identify_monitor,
    remote_id=monitor_id,
    normalise=normalise_monitor,
    title=monitor_title,
    replaces_on=frozenset({"type"}),
)
OBJECTIVE = Kind(
    name=SLO_KIND,
    identify=identify_slo,
    remote_id=slo_id,
    normalise=normalise_slo,
    title=slo_title,
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
    organisation = client.organisation()
    project, env = session.project.name, session.environment.name

    return Reconciliation(
        env=env,
        target=f"Datadog {organisation} ({where.host})",
        sides=[Side(OBJECTIVE, SloStore(client)), Side(MONITOR, MonitorStore(client))],
        desired=[
            *(Desired(SLO_KIND, slo.identity, encode_slo(slo), slo.where, slo.moved_from) for slo in declared.slos),
            *(
                Desired(
                    KIND,
                    monitor.identity,
                    link(declared.synced_body(monitor), project, env),
                    monitor.where,
                    monitor.moved_from,
                )
                for monitor in declared.monitors
            ),
        ],
        is_ours=session.owns,
        requests=lambda: client.caller.requests,
    )
