"""`watchkeeper forwarding key`: Datadog's API key into the secrets of an environment."""

from dataclasses import dataclass
from typing import Any

from watchkeeper.adapters.aws.account import SERVICES, AwsAccount
from watchkeeper.adapters.aws.session import aws_clients
from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.endpoints import Secret, endpoint
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError
from watchkeeper.forwarding.api_key import is_api_key_secret, key_in, secret_text


@dataclass(frozen=True, slots=True)
class Put:
    """Names of secrets. unchanged: those that held the key already."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]

    def to_json(self, env: str) -> dict[str, Any]:
        """The document of `--json`."""
        return {"schema_version": 1, "env": env, "written": list(self.written), "unchanged": list(self.unchanged)}


def put_key(session: Session) -> Put:
    """Ask Datadog whether it knows the key, then write it where it is not yet held.

    Raises UsageError when no secret is deployed, a key is missing or the sandbox is down; RemoteError.
    """
    target = session.target
    datadog = endpoint(target, "datadog")
    environment = session.environment
    clients = aws_clients(target, SERVICES, account=environment.account, region=environment.region)
    account = AwsAccount(clients)
    secrets = api_key_secrets(account, environment.name)
    if not secrets:
        fix = f"deploy the environment's stacks first: cdk deploy -c env={environment.name} --all"
        raise UsageError(f"`{environment.name}` has no secret for Datadog's API key yet", fix)
    DatadogClient(datadog).call("GET", "/api/v1/validate")
    key = datadog.keys["datadog_api_key"].reveal()
    written, unchanged = [], []
    for arn, description in secrets.items():
        name = arn.rpartition(":secret:")[2]
        held = account.secret(arn)
        if held is not None and key_in(description, held.reveal()) == key:
            unchanged.append(name)
            continue
        account.put_secret(arn, Secret(secret_text(description, key)))
        written.append(name)
    return Put(tuple(written), tuple(unchanged))


def api_key_secrets(account: AwsAccount, env: str) -> dict[str, str]:
    """The deployed secrets for the key: ARN to description."""
    found = account.secrets({"env": env, "managed_by": "watchkeeper"})
    return {arn: description for arn, description in found.items() if is_api_key_secret(description)}
