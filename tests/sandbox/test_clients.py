"""Clients of the emulated AWS and the user's own settings."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from pathlib import Path
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.clients import client

emulator = AwsEmulator(Path("aws"), account="111111111111", region="eu-west-1", hosts={}, port=1)
made = client("sts", emulator, "eu-west-1", "222222222222")
print(made.meta.endpoint_url, made._request_signer._credentials.access_key)
"""


def test_no_profile_and_no_file_of_the_user_reaches_the_emulated_aws(tmp_path: Path) -> None:
    """Neither a profile that does not exist, nor a configuration that cannot be read, nor keys of a real account."""
    broken = tmp_path / "config"
    broken.write_text("[default\n")
    settings = {
        "AWS_PROFILE": "nobody",
        "AWS_CONFIG_FILE": str(broken),
        "AWS_SHARED_CREDENTIALS_FILE": str(broken),
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_ENDPOINT_URL": "https://sts.amazonaws.com",
    }

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=False,
        env={**os.environ, **settings},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.stderr) == ("http://127.0.0.1:1 222222222222\n", "")
