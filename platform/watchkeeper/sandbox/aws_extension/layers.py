"""Lambda layers of other accounts: Datadog publishes its forwarder as one. They are found here, without their code."""

from typing import Any

from ministack.services import lambda_svc

PUBLISHERS = ("464622532012", "002406178527")
"""Datadog's accounts, of AWS and of GovCloud."""


def _found(arn: str, spec: Any, layer: Any) -> Any:  # noqa: ANN401 - the emulator's shapes
    if spec.account_id in PUBLISHERS:
        return {"Content": {"CodeSize": 0}}, None
    return _plain_found(arn, spec, layer)


_plain_found = lambda_svc._resolve_cross_account_layer


def register() -> None:
    """Find them."""
    lambda_svc._resolve_cross_account_layer = _found
