"""Clients of AWS for an environment: the emulated one for `local`, else whatever credentials the machine has."""

from collections.abc import Sequence
from typing import Any, Final

import boto3
import botocore.config
import botocore.exceptions

from watchkeeper.adapters.endpoints import Target, check_url
from watchkeeper.errors import RemoteError, UsageError

_CONFIG: Final = {"connect_timeout": 5, "read_timeout": 30, "retries": {"total_max_attempts": 4, "mode": "standard"}}


def aws_client(target: Target, service: str, *, account: str, region: str) -> Any:  # noqa: ANN401 - boto3 has no types
    """A client of one account and region; see `aws_clients`."""
    return aws_clients(target, (service,), account=account, region=region)[service]


def aws_clients(target: Target, services: Sequence[str], *, account: str, region: str) -> dict[str, Any]:
    """Clients of one account and region, by service. Raises UsageError when the credentials are of another account.

    The environment `local` speaks to the running sandbox only, with its own account and no real keys.
    """
    if target.environment.is_local:
        url = target.sandbox().urls.get("aws")
        if url is None:
            raise UsageError("the sandbox runs without AWS", "start it without --no-aws")
        session = boto3.session.Session(
            aws_access_key_id=account,
            aws_secret_access_key="sandbox",  # noqa: S106 - the emulator takes any
            region_name=region,
        )
        config = botocore.config.Config(proxies={}, **_CONFIG)
        return {service: session.client(service, endpoint_url=url, config=config) for service in services}
    url = target.environ.get("AWS_ENDPOINT_URL", "")
    if url:
        check_url(url, "AWS_ENDPOINT_URL", target)
    session = boto3.session.Session(region_name=region)
    config = botocore.config.Config(**_CONFIG)
    found = caller_account(session.client("sts", config=config))
    if found != account:
        what = f"the AWS credentials are of account {found}, not of {account}"
        raise UsageError(what, "log in to the account that watchkeeper.yaml or platform/delivery.yaml names")
    return {service: session.client(service, config=config) for service in services}


def caller_account(sts: Any) -> str:  # noqa: ANN401 - a boto3 client
    """The account of the credentials. Raises UsageError without any, RemoteError when AWS refuses or is silent."""
    try:
        return str(sts.get_caller_identity()["Account"])
    except (botocore.exceptions.NoCredentialsError, botocore.exceptions.PartialCredentialsError):
        raise UsageError("there are no AWS credentials", "log in, or set the AWS_ variables") from None
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as err:
        raise RemoteError(f"AWS refused to say who is calling: {err}", host="sts") from None
