"""`dashboards plan` and `sync`: the declared dashboards and Datadog."""

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.dashboards import DashboardStore
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.reconcile import Reconciliation, Side
from watchkeeper.commands.session import Session
from watchkeeper.dashboards.codec import dashboard_id, dashboard_title, encode_dashboard, identify_dashboard
from watchkeeper.dashboards.load import load_dashboards
from watchkeeper.dashboards.model import KIND, Dashboard
from watchkeeper.dashboards.normalise import normalise_dashboard
from watchkeeper.sync.kind import Desired, Kind

DASHBOARD = Kind(
    name=KIND,
    identify=identify_dashboard,
    remote_id=dashboard_id,
    normalise=normalise_dashboard,
    title=dashboard_title,
    replaces_on=frozenset({"layout_type"}),
)


def declared_dashboards(session: Session) -> list[Dashboard]:
    """The dashboards of an environment, thresholds taken from its monitors. Raises ConfigError."""
    monitors = declared_monitors(session).monitors
    return load_dashboards(session.project, session.environment, monitors)


def dashboards_reconciliation(session: Session) -> Reconciliation:
    """Everything a plan needs. Raises ConfigError, UsageError, RemoteError."""
    dashboards = declared_dashboards(session)
    where = endpoint(session.target, "datadog")
    client = DatadogClient(where)
    organisation = client.organisation()
    project, env = session.project.name, session.environment.name

    return Reconciliation(
        env=env,
        target=f"Datadog {organisation} ({where.host})",
        sides=[Side(DASHBOARD, DashboardStore(client, project, env))],
        desired=[Desired(KIND, each.identity, encode_dashboard(each), each.where) for each in dashboards],
        is_ours=session.owns,
        requests=lambda: client.caller.requests,
    )
