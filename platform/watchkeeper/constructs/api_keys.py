"""Secrets for Datadog's API key, each in the shape that its reader understands.

Firehose reads JSON with the one key `api_key`, Datadog's forwarder reads plain text; ECS takes either, by reference.
"""

from typing import Literal

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from watchkeeper.forwarding.api_key import DESCRIPTION, FIELD
from watchkeeper.forwarding.sites import Site

Shape = Literal["json", "plain"]


def api_key_secret(
    scope: Construct,
    id: str,  # noqa: A002 - the name that every construct uses
    site: Site,
    shape: Shape,
    key_arn: str | None = None,
) -> secretsmanager.CfnSecret:
    """Created with a random value, so that no key passes through CloudFormation; the real one is put in afterwards.

    key_arn: of the KMS key that encrypts it, if there is one.
    """
    generated = secretsmanager.CfnSecret.GenerateSecretStringProperty
    holds = f'{{"{FIELD}": "..."}}' if shape == "json" else "plain text, read by Datadog's forwarder"
    return secretsmanager.CfnSecret(
        scope,
        id,
        kms_key_id=key_arn,
        description=f"{DESCRIPTION}{site.name} as {holds}",
        generate_secret_string=(
            # Secrets Manager adds the key to this empty object.
            generated(secret_string_template="{}", generate_string_key=FIELD, exclude_punctuation=True)  # noqa: S106
            if shape == "json"
            else generated(exclude_punctuation=True)
        ),
    )
