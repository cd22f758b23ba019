"""The base topology: one VPC, one load balancer, one Aurora cluster, one or several services, and their forwarding."""

import os
from pathlib import Path


def _start_cdk() -> None:
    """Start the CDK's Node process with its caches inside the checkout.

    aws-cdk-lib 2.275 keeps fingerprints of assets below the home folder, whatever CDK_HOME says; the process reads HOME
    once, when the package is first imported. Import `base_infra` before `aws_cdk`.
    """
    home = os.environ.get("HOME")
    cache = Path(__file__).resolve().parent.parent / ".cache" / "home"
    cache.mkdir(parents=True, exist_ok=True)
    os.environ["HOME"] = str(cache)
    try:
        import aws_cdk  # noqa: F401, PLC0415 - the import starts the process
    finally:
        if home is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = home


_start_cdk()
