"""Secrets as a template refers to them: `Ref` of a secret is its ARN; ministack gives its name."""

import secrets as random
import string
from collections.abc import Mapping
from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

_LENGTH = 32


def _name(physical_id: str) -> str:
    """The name under which ministack keeps a secret."""
    for name, secret in secretsmanager._secrets.items():
        if physical_id in (secret["ARN"], name):
            return str(name)
    return physical_id


def _arn(physical_id: str) -> str:
    return str(secretsmanager._secrets[physical_id]["ARN"])


def register() -> None:
    """Give the ARN; a generated secret without a template gets a random value, as in AWS."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, update, delete = handler["create"], handler["update"], handler["delete"]

    def create_secret(logical_id: str, props: Mapping[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
        generated = props.get("GenerateSecretString")
        if generated is not None and not generated.get("GenerateStringKey"):
            value = "".join(random.choice(string.ascii_letters + string.digits) for _ in range(_LENGTH))
            props = {name: each for name, each in props.items() if name != "GenerateSecretString"}
            props = {**props, "SecretString": value}
        name, attributes = create(logical_id, props, stack)
        return _arn(name), attributes

    def update_secret(
        physical_id: str, before: Mapping[str, Any], props: Mapping[str, Any], stack: str, *rest: object
    ) -> tuple[str, dict[str, Any]]:
        name, attributes = update(_name(physical_id), before, props, stack, *rest)
        return _arn(name), attributes

    handler["create"], handler["update"] = create_secret, update_secret
    handler["delete"] = lambda physical_id, props: delete(_name(physical_id), props)
