"""AWS WAF: the ties to load balancers, and the settings of its log."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import waf

from .resources import Made, Props, add_type

LOGGING = AccountRegionScopedDict()


def create_association(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::WAFv2::WebACLAssociation: a resource has one ACL."""
    waf._associations[props["ResourceArn"]] = props["WebACLArn"]
    return f"{props['WebACLArn']}|{props['ResourceArn']}", {}


def delete_association(physical_id: str, _props: Props) -> None:
    """The resource is left without one."""
    waf._associations.pop(physical_id.partition("|")[2], None)


def create_logging(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::WAFv2::LoggingConfiguration: an ACL has one."""
    arn = props["ResourceArn"]
    LOGGING[arn] = dict(props)
    return arn, {"ManagedByFirewallManager": False}


async def _serve(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Any,  # noqa: ANN401 - the emulator's shape
) -> Any:  # noqa: ANN401
    if headers.get("x-amz-target", "").endswith(".GetLoggingConfiguration"):
        kind = {"Content-Type": "application/x-amz-json-1.1"}
        found = LOGGING.get(json.loads(body or b"{}").get("ResourceArn"))
        if found is None:
            return 400, kind, json.dumps({"__type": "WAFNonexistentItemException"}).encode()
        return 200, kind, json.dumps({"LoggingConfiguration": found}).encode()
    return await _plain(method, path, headers, body, query)


_plain = waf.handle_request


def reset() -> None:
    """Forget everything."""
    LOGGING._data.clear()


def register() -> None:
    """Add the types and the operation."""
    add_type("AWS::WAFv2::WebACLAssociation", create_association, delete_association)
    add_type("AWS::WAFv2::LoggingConfiguration", create_logging, lambda arn, _props: LOGGING.pop(arn, None))
    waf.handle_request = _serve
