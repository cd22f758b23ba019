"""`watchkeeper forwarding plan` and `sync`: Datadog's AWS integration of the environment's account."""

from watchkeeper.adapters.datadog.aws_accounts import AwsAccountStore
from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.commands.reconcile import Reconciliation, Side
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError
from watchkeeper.forwarding.integration import KIND, encode_account, external_id, normalise_account, of_one_account
from watchkeeper.forwarding.load import FILE, load_forwarding
from watchkeeper.forwarding.model import Integration
from watchkeeper.project.identity import Identity
from watchkeeper.project.source import read_document
from watchkeeper.sync.kind import Body, Desired, Kind


def integration_reconciliation(session: Session) -> Reconciliation:
    """Everything a plan needs. An account has no marker: it is ours by its number, which Datadog takes once.

    Raises ConfigError, RemoteError, UsageError when the file has no `integration:`.
    """
    declared = _declared(session)
    environment = session.environment
    where = endpoint(session.target, "datadog")
    client = DatadogClient(where)
    organisation = client.organisation()
    identity = Identity(session.project.name, environment.name, "", f"aws-{environment.account}")

    def identify(body: Body) -> Identity | None:
        return identity if body.get("aws_account_id") == environment.account else None

    kind = Kind(
        name=KIND,
        identify=identify,
        remote_id=lambda body: str(body["id"]),
        normalise=normalise_account,
        title=lambda body: f"AWS account {body['aws_account_id']}",
        is_adoptable=False,
    )
    account = encode_account(declared, environment, of_one_account(session.project, environment))
    place = read_document(session.root, FILE).at_key(("integration",))
    return Reconciliation(
        env=environment.name,
        target=f"Datadog {organisation} ({where.host})",
        sides=[Side(kind, AwsAccountStore(client, environment.account))],
        desired=[Desired(KIND, identity, account, place)],
        is_ours=lambda each: each == identity,
        requests=lambda: client.caller.requests,
    )


def unwritten_external_id(session: Session, work: Reconciliation) -> str:
    """The external id that Datadog has issued, where the file does not say it; else empty. Raises RemoteError."""
    written = external_id(_declared(session), of_one_account(session.project, session.environment))
    for body in work.sides[0].store.list():
        issued = str((body.get("auth_config") or {}).get("external_id") or "")
        if issued != written:
            return issued
    return ""


def _declared(session: Session) -> Integration:
    found = load_forwarding(session.project).integration
    if found is None:
        fix = "add `integration: {}` for the defaults; see docs/reference/forwarding-file.md"
        raise UsageError(f"{FILE} declares no AWS integration", fix)
    return found
