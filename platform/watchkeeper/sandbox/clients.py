"""boto3 clients of the emulated AWS, deaf to the user's own settings."""

import os
from functools import lru_cache
from typing import Any, Final

import boto3
import botocore.session

from watchkeeper.sandbox.aws import SECRET, AwsEmulator

_DEAF: Final = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""Variables of a session: name in a file, name in the environment, value, conversion. A profile that does not exist,
named by AWS_PROFILE, would end every call."""


@lru_cache(maxsize=1)
def _session() -> boto3.session.Session:
    """One for all: a session reads the descriptions of all services from disk."""
    return boto3.session.Session(botocore_session=botocore.session.Session(session_vars=_DEAF))


def client(service: str, emulator: AwsEmulator, region: str, account: str = "") -> Any:  # noqa: ANN401 - untyped
    """A client of one service. account: whose resources it sees; those of the emulator's own account without."""
    return _session().client(
        service,
        region_name=region,
        endpoint_url=emulator.url,
        aws_access_key_id=account or emulator.account,
        aws_secret_access_key=SECRET,
        config=boto3.session.Config(proxies={}, retries={"total_max_attempts": 2}),
    )
