"""The accounts that the sandbox plays, as far as somebody would set them up by hand."""

from urllib.parse import urlsplit

from watchkeeper.forwarding.sites import SITES
from watchkeeper.project.model import LOCAL, Project
from watchkeeper.sandbox.process import Accounts, AwsAccount


def sandbox_accounts(project: Project, *, has_aws: bool) -> Accounts:
    """From the project: the Slack workspace's name, who owns the PagerDuty account, and the emulated AWS account."""
    local = project.environments.get(LOCAL)
    owner = local.pagerduty.from_email if local else ""
    site = SITES[project.datadog.site]
    host, logs_host = (urlsplit(url).netloc for url in (site.metrics_intake, site.logs_intake))
    log_hosts = (logs_host, site.agent_logs_host)
    return Accounts(
        owner_email=owner or "owner@example.com",
        slack_account=project.datadog.slack_account,
        aws=AwsAccount(local.account, local.region, host, log_hosts) if local and has_aws else None,
    )
