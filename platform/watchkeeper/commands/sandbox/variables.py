"""`sandbox env`: the variables with which a shell speaks to the sandbox in place of an environment's accounts."""

from collections.abc import Mapping
from dataclasses import dataclass

from watchkeeper.adapters.endpoints import KEYS, URL_VARIABLES
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError
from watchkeeper.project.sandbox_record import SandboxRecord
from watchkeeper.sandbox.aws import access


@dataclass(frozen=True, slots=True)
class ShellVariables:
    """values: to export. unset: what would lead to the user's own account."""

    values: Mapping[str, str]
    unset: tuple[str, ...]


def sandbox_variables(session: Session, record: SandboxRecord) -> ShellVariables:
    """For the environment that the sandbox plays; `local` finds the stand-ins by itself, and needs those of AWS alone.

    The keys are the sandbox's own. Raises UsageError when it runs without AWS.
    """
    environment = session.environment
    if "aws" not in record.urls:
        raise UsageError("the sandbox runs without AWS", "start it without --no-aws")
    values = access(record.urls["aws"], environment.account, environment.region)
    proxies = session.environ.get("NO_PROXY", "")
    values["NO_PROXY"] = ",".join(filter(None, (proxies, "127.0.0.1"))) if proxies != "*" else proxies
    values["no_proxy"] = values["NO_PROXY"]
    if not environment.is_local:
        values |= {variable: record.urls[name] for name, variable in URL_VARIABLES.items()}
        roles = [role for named in KEYS.values() for role in named]
        values |= {getattr(environment.credentials, role): record.keys[role] for role in roles}
    return ShellVariables(values, ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"))
