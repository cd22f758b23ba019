"""The accounts that the sandbox plays, as far as somebody would set them up by hand."""

from watchkeeper.project.model import LOCAL, Project
from watchkeeper.sandbox.process import Accounts


def sandbox_accounts(project: Project) -> Accounts:
    """From the project: the Slack workspace's name, and who owns the PagerDuty account."""
    local = project.environments.get(LOCAL)
    owner = local.pagerduty.from_email if local else ""
    return Accounts(owner_email=owner or "owner@example.com", slack_account=project.datadog.slack_account)
