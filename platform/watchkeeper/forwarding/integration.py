"""Datadog's AWS integration (account v2) of an environment: codec, and the managed fields. Pure.

Source: Datadog's OpenAPI description, AWSAccountCreateRequestAttributes, and recordings of its clients, read 2026-11.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from watchkeeper.forwarding.model import Integration
from watchkeeper.project.model import Environment, Project

KIND: Final = "aws account"


def partition(environment: Environment) -> str:
    """`aws`, `aws-cn` or `aws-us-gov`, by the region."""
    region = environment.region
    return "aws-us-gov" if region.startswith("us-gov-") else "aws-cn" if region.startswith("cn-") else "aws"


def of_one_account(project: Project, environment: Environment) -> tuple[Environment, ...]:
    """The environments that share an environment's AWS account, itself among them, in the order of the file."""
    return tuple(each for each in project.environments.values() if each.account == environment.account)


def external_id(integration: Integration, sharing: Iterable[Environment]) -> str:
    """What the file says for an account; empty where it says nothing."""
    found = (integration.external_ids.get(each.name, "") for each in sharing)
    return next((each for each in found if each), "")


def encode_account(
    integration: Integration, environment: Environment, sharing: Sequence[Environment] = ()
) -> dict[str, Any]:
    """The attributes that are sent. The external id is Datadog's, and is never sent.

    sharing: the environments of the account. Its tags stand on everything in it, so where it has several environments
    none of them is a tag of the account; each resource's own tag says it.
    """
    is_alone = len(sharing) <= 1
    regions = {each.region for each in (environment, *sharing)}
    return {
        "aws_account_id": environment.account,
        "aws_partition": partition(environment),
        "account_tags": sorted({*([f"env:{environment.name}"] if is_alone else []), *integration.tags}),
        "auth_config": {"role_name": integration.role},
        "aws_regions": {"include_only": sorted(integration.regions or regions)},
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
