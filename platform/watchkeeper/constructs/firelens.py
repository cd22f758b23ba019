"""What a container prints, through the FireLens router beside it to Datadog, in anybody's CDK app."""

from collections.abc import Mapping

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager

from watchkeeper.forwarding.firelens import router_options
from watchkeeper.forwarding.sites import Site


def datadog_log_driver(
    secret: secretsmanager.ISecret,
    field: str | None,
    site: Site,
    *,
    source: str,
    tags: Mapping[str, str],
    retries: int,
) -> ecs.LogDriver:
    """The log driver of a container in a task with a FireLens router.

    secret, field: Datadog's API key; the field of a JSON, or None for plain text. tags: with `service`. retries: of a
    chunk that Datadog did not take.
    """
    return ecs.FireLensLogDriver(
        options=router_options(site, source=source, tags=tags, retries=retries),
        secret_options={"apikey": ecs.Secret.from_secrets_manager(secret, field)},
    )
