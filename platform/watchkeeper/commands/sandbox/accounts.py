"""The accounts that the sandbox plays, as far as somebody would set them up by hand."""

from urllib.parse import urlsplit

from watchkeeper.forwarding.sites import SITES
from watchkeeper.project.model import Environment, Project
from watchkeeper.sandbox.process import Accounts, AwsAccount


def sandbox_accounts(project: Project, environment: Environment, *, has_aws: bool) -> Accounts:
    """The Slack workspace's name, who owns the PagerDuty account, and the AWS account of the environment."""
    site = SITES[project.datadog.site]
    host, logs_host = (urlsplit(url).netloc for url in (site.metrics_intake, site.logs_intake))
    log_hosts = (logs_host, site.agent_logs_host)
    return Accounts(
        owner_email=environment.pagerduty.from_email or "owner@example.com",
        slack_account=project.datadog.slack_account,
        aws=AwsAccount(environment.account, environment.region, host, log_hosts) if has_aws else None,
        env=environment.name,
    )
