"""Log groups: encrypted, kept as long as the environment says, gone with their stack."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from watchkeeper.project.model import Environment, Project


def log_group(scope: Construct, id: str, name: str, *, retention_days: int, key_arn: str) -> logs.CfnLogGroup:
    """A log group of that name; logs live in Datadog, this one is for the days when Datadog is not reached."""
    group = logs.CfnLogGroup(scope, id, log_group_name=name, retention_in_days=retention_days, kms_key_id=key_arn)
    group.apply_removal_policy(RemovalPolicy.DESTROY)
    return group


def flow_log_group(project: Project, environment: Environment) -> str:
    """Name of the log group of the network's connections."""
    return f"/vpc/{project.name}-{environment.name}/flow"


def broker_log_group(project: Project, environment: Environment) -> str:
    """Name of the log group of the brokers."""
    return f"/msk/{project.name}-{environment.name}"
