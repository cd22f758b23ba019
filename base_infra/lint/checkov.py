"""checkov over the same templates: `python -m base_infra.lint --checkov`, in an environment of its own.

It is no part of the lock, because it brings three hundred megabytes and pins of its own; see docs/decisions/0018.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from base_infra.lint.acknowledged import Acknowledgement
from base_infra.lint.findings import Finding
from watchkeeper.errors import UsageError

VERSION: Final = "3.3.30"
_TOOL: Final = "checkov"
_CLOSING: Final = "Foundation/CustomVpcRestrictDefaultSG*"

ACKNOWLEDGEMENTS: Final = (
    Acknowledgement(
        "CKV_AWS_2", "Edge/Http*", "Environments without a certificate serve HTTP alone; with one, 80 only redirects."
    ),
    Acknowledgement(
        "CKV_AWS_103", "Edge/Http*", "Environments without a certificate serve HTTP alone; with one, 80 only redirects."
    ),
    Acknowledgement(
        "CKV_AWS_260",
        "Foundation/SecurityGroupsLoadBalancer*",
        "The load balancer is the public door; it alone is open to the world, on its listeners' ports.",
    ),
    Acknowledgement(
        "CKV_AWS_115", _CLOSING, "The CDK's own function; CloudFormation calls it once for a VPC and never in parallel."
    ),
    Acknowledgement(
        "CKV_AWS_116", _CLOSING, "CloudFormation waits for its answer: a failure fails the deploy, and nothing is lost."
    ),
    Acknowledgement(
        "CKV_AWS_117", _CLOSING, "It talks to EC2's API alone; inside the VPC it would need a way out of its own."
    ),
    Acknowledgement(
        "CKV_AWS_118",
        "Data/*",
        "Enhanced monitoring is set on the cluster, which Aurora hands to its instances; the rule sees instances only.",
    ),
    Acknowledgement(
        "CKV_AWS_18",
        "Edge/AccessLogsBucket*",
        "It holds access logs itself; logging who reads logs would never end.",
    ),
    Acknowledgement(
        "CKV_AWS_18",
        "Forwarding/*Failed*",
        "What Datadog did not take, for two weeks; only Firehose writes, CloudTrail can be asked who reads.",
    ),
    Acknowledgement(
        "CKV_AWS_21", "Edge/AccessLogsBucket*", "Written once by AWS and never changed; it forgets by age."
    ),
    Acknowledgement(
        "CKV_AWS_21", "Forwarding/*Failed*", "Written once by Firehose and never changed; it forgets by age."
    ),
    Acknowledgement(
        "CKV_AWS_91",
        "Edge/LoadBalancer",
        "Only where a profile says `edge: {access_logs: false}`; every declared environment keeps them.",
    ),
    Acknowledgement(
        "CKV_AWS_192",
        "Edge/FirewallAcl*",
        "Stage counts what production blocks, the rule for known bad inputs included.",
    ),
    Acknowledgement(
        "CKV_AWS_65",
        "Foundation/Cluster",
        "Container Insights cost per task; environments whose profile leaves them off rely on the free metrics of ECS"
        " and on the Datadog Agent.",
    ),
)


def run(out: Path) -> list[Finding]:
    """What checkov says of the templates of an assembly. Raises UsageError when it did not run."""
    uvx = Path(sys.prefix) / "bin" / "uvx"
    asked = ["--framework", "cloudformation", "--compact", "--quiet", "--skip-download", "-o", "json", "-d", "."]
    command = [str(uvx), "--quiet", "--from", f"{_TOOL}=={VERSION}", _TOOL, *asked]
    done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    try:
        told = json.loads(done.stdout)
    except ValueError:
        last = "".join(done.stderr.strip().splitlines()[-1:])
        raise UsageError(
            f"checkov did not run: {last}", "it is fetched from the package index; see that it is reached"
        ) from None
    return list(findings(told))


def findings(told: dict[str, Any]) -> Iterator[Finding]:
    """Its answer as findings: by layer and logical id. Raises UsageError for templates that it could not read."""
    unread = told["results"].get("parsing_errors", [])
    if unread:
        raise UsageError(f"checkov could not read {', '.join(unread)}", "synthesize again")
    for each in told["results"]["failed_checks"]:
        environment, _, layer = Path(each["file_path"]).name.removesuffix(".template.json").partition("-")
        where = f"{layer}/{each['resource'].rpartition('.')[2]}"
        yield Finding(_TOOL, each["check_id"], where, environment, each["check_name"])
