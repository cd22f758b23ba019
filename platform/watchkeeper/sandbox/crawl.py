"""What Datadog's AWS integration learns of an account, where it is let in."""

from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.process import Sandbox


def crawl(sandbox: Sandbox, cloud: Cloud, account: str) -> bool:
    """Let Datadog learn the tags of the account's resources; gives whether it may.

    It does when the account was made known to it, and the role named there stands and asks for its external id; or when
    the integration is said to be somebody else's, who is taken at their word.
    Otherwise metrics from AWS carry their dimensions alone. Source: Datadog documentation, "CloudWatch Metric Streams":
    tags of resources come from the integration, which goes on reading them, read 2026-11.
    """
    reads_with = sandbox.datadog.reads_with(account)
    may = sandbox.datadog.is_read_by_others or (reads_with is not None and cloud.lets_in(*reads_with))
    sandbox.datadog.aws_tags.learn(cloud.resources() if may else ())
    return may
