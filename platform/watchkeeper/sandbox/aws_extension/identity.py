"""Identity providers, which ministack's IAM knows and its CloudFormation does not."""

from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import iam
from ministack.services.cloudformation import provisioners


def create_provider(_logical_id: str, props: Mapping[str, Any], _stack: str) -> tuple[str, dict[str, Any]]:
    """AWS::IAM::OIDCProvider. One for each address."""
    host = str(props["Url"]).removeprefix("https://").rstrip("/")
    arn = f"arn:aws:iam::{get_account_id()}:oidc-provider/{host}"
    if arn in iam._oidc_providers:
        raise ValueError(f"Provider with url {props['Url']} already exists.")
    iam._oidc_providers[arn] = {
        "Url": host,
        "ClientIDList": list(props.get("ClientIdList", [])),
        "ThumbprintList": list(props.get("ThumbprintList", [])),
        "Arn": arn,
        "CreateDate": iam._now(),
        "Tags": [dict(tag) for tag in props.get("Tags", [])],
    }
    return arn, {"Arn": arn}


def register() -> None:
    """Add the type."""
    provisioners._RESOURCE_HANDLERS["AWS::IAM::OIDCProvider"] = {
        "create": create_provider,
        "delete": lambda physical_id, _props: iam._oidc_providers.pop(physical_id, None),
    }
