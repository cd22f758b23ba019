"""Datadog's AWS integration (account v2) of an environment: codec, and the managed fields. Pure.

Source: Datadog's OpenAPI description, AWSAccountCreateRequestAttributes, and recordings of its clients, read 2026-11.
"""

from collections.abc import Mapping
from typing import Any, Final

from watchkeeper.forwarding.model import Integration
from watchkeeper.project.model import Environment

KIND: Final = "aws account"


def partition(environment: Environment) -> str:
    """`aws`, `aws-cn` or `aws-us-gov`, by the region."""
    region = environment.region
    return "aws-us-gov" if region.startswith("us-gov-") else "aws-cn" if region.startswith("cn-") else "aws"


def encode_account(integration: Integration, environment: Environment) -> dict[str, Any]:
    """The attributes that are sent. The external id is Datadog's, and is never sent."""
    return {
        "aws_account_id": environment.account,
        "aws_partition": partition(environment),
        "account_tags": sorted({f"env:{environment.name}", *integration.tags}),
        "auth_config": {"role_name": integration.role},
        "aws_regions": {"include_only": sorted(integration.regions or (environment.region,))},
        "metrics_config": {
            "enabled": True,
            "automute_enabled": integration.automute,
            "collect_custom_metrics": integration.custom_metrics,
            "collect_cloudwatch_alarms": integration.alarms,
            "namespace_filters": (
                {"include_only": sorted(integration.polled)}
                if integration.polled
                else {"exclude_only": sorted(integration.excluded)}
            ),
        },
        "resources_config": {
            "cloud_security_posture_management_collection": False,
            "extended_collection": integration.resources,
        },
    }


def normalise_account(body: Mapping[str, Any]) -> dict[str, Any]:
    """The managed fields; what Datadog adds, and what others set of logs and traces, is left alone."""
    metrics, resources = body.get("metrics_config") or {}, body.get("resources_config") or {}
    return {
        "account_tags": sorted(body.get("account_tags") or []),
        "role": (body.get("auth_config") or {}).get("role_name"),
        "regions": _sorted(body.get("aws_regions") or {"include_all": True}),
        "metrics": metrics.get("enabled", True),
        "automute": metrics.get("automute_enabled", True),
        "custom_metrics": metrics.get("collect_custom_metrics", False),
        "alarms": metrics.get("collect_cloudwatch_alarms", False),
        "namespaces": _sorted(metrics.get("namespace_filters") or {}),
        "posture_management": resources.get("cloud_security_posture_management_collection", False),
        "resources": resources.get("extended_collection", True),
    }


def _sorted(filters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, list) else value for name, value in filters.items()}
