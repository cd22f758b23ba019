"""What ministack loses of Aurora: zones of instances, credentials managed by RDS, insights, monitoring, exports."""

import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from ministack.services import rds, secretsmanager
from ministack.services.cloudformation import provisioners

from .resources import Made, Props, is_true, keep_after

_FIELDS: Final = {
    "DBClusterParameterGroup": "DBClusterParameterGroupName",
    "DatabaseInsightsMode": "DatabaseInsightsMode",
    "KmsKeyId": "KmsKeyId",
    "MonitoringInterval": "MonitoringInterval",
    "MonitoringRoleArn": "MonitoringRoleArn",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKmsKeyId",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
}
"""Field of the record to property of the template."""
_TOLD: Final = tuple(name for name in _FIELDS if name not in ("DBClusterParameterGroup", "KmsKeyId"))


def keep_instance(physical_id: str, props: Props) -> None:
    """Zone and promotion tier; the instance that came first writes."""
    instance = rds._instances[physical_id]
    if props.get("AvailabilityZone"):
        instance["AvailabilityZone"] = props["AvailabilityZone"]
    if props.get("PromotionTier") is not None:
        instance["PromotionTier"] = int(props["PromotionTier"])
    cluster = rds._clusters.get(instance.get("DBClusterIdentifier") or "", {})
    members = cluster.get("DBClusterMembers", [])
    is_settled = [member["IsClusterWriter"] for member in members].count(True) == 1
    for index, member in enumerate(members):
        if not is_settled:
            member["IsClusterWriter"] = index == 0
        if member["DBInstanceIdentifier"] == physical_id:
            member["PromotionTier"] = instance.get("PromotionTier", 1)


def keep_cluster(physical_id: str, props: Props) -> None:
    """The settings that ministack's own record leaves out."""
    cluster = rds._clusters[physical_id]
    cluster.update({field: props[prop] for field, prop in _FIELDS.items() if prop in props})
    if props.get("Tags"):
        rds._tags[cluster["DBClusterArn"]] = [dict(tag) for tag in props["Tags"]]
    cluster["EnabledCloudwatchLogsExports"] = list(props.get("EnableCloudwatchLogsExports") or [])
    cluster["PerformanceInsightsEnabled"] = is_true(props.get("PerformanceInsightsEnabled", False))


def _create_cluster(logical_id: str, props: Props, stack: str) -> Made:
    """With ManageMasterUserPassword RDS makes the secret itself."""
    physical_id, attributes = _plain_create(logical_id, props, stack)
    if is_true(props.get("ManageMasterUserPassword", False)):
        cluster = rds._clusters[physical_id]
        told = {"username": cluster["MasterUsername"], "password": secrets.token_urlsafe(24)}
        arn = secretsmanager.create_secret_in_process(
            f"rds!{cluster['DbClusterResourceId'].lower()}",
            json.dumps(told),
            description=f"Secret managed by RDS for DB cluster {physical_id}",
        )
        key = (props.get("MasterUserSecret") or {}).get("KmsKeyId", "")
        cluster["_MasterUserPassword"] = told["password"]
        cluster["MasterUserSecret"] = {"SecretArn": arn, "SecretStatus": "active", "KmsKeyId": key}
        attributes["MasterUserSecret.SecretArn"] = arn
    return physical_id, attributes


def _update_cluster(physical_id: str, before: Props, after: Props, *rest: Any) -> Made:  # noqa: ANN401
    made_id, attributes = _plain_update(physical_id, before, after, *rest)
    managed = rds._clusters[made_id].get("MasterUserSecret")
    if managed:
        attributes["MasterUserSecret.SecretArn"] = managed["SecretArn"]
    return made_id, attributes


def _delete_cluster(physical_id: str, props: Props) -> None:
    """The secret goes with the cluster."""
    managed = (rds._clusters.get(physical_id) or {}).get("MasterUserSecret")
    _plain_delete(physical_id, props)
    if managed:
        for name, secret in list(secretsmanager._secrets.items()):
            if secret["ARN"] == managed["SecretArn"]:
                secretsmanager._secrets.pop(name)


def _cluster_xml(cluster: Mapping[str, Any]) -> str:
    exports = "".join(f"<member>{name}</member>" for name in cluster.get("EnabledCloudwatchLogsExports") or [])
    enabled = str(cluster.get("PerformanceInsightsEnabled", False)).lower()
    told = "".join(f"<{name}>{cluster[name]}</{name}>" for name in _TOLD if name in cluster)
    return (
        f"{_plain_xml(cluster)}{told}<PerformanceInsightsEnabled>{enabled}</PerformanceInsightsEnabled>"
        f"<EnabledCloudwatchLogsExports>{exports}</EnabledCloudwatchLogsExports>"
    )


def _scaling_xml(cluster: Mapping[str, Any]) -> str:
    text = str(_plain_scaling_xml(cluster))
    pause = (cluster.get("ServerlessV2ScalingConfiguration") or {}).get("SecondsUntilAutoPause")
    if not pause:
        return text
    end = "</ServerlessV2ScalingConfiguration>"
    return text.replace(end, f"<SecondsUntilAutoPause>{pause}</SecondsUntilAutoPause>{end}")


_handler = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBCluster"]
_plain_create, _plain_update, _plain_delete = (_handler[verb] for verb in ("create", "update", "delete"))
_plain_xml = rds._cluster_xml
_plain_scaling_xml = rds._serverlessv2_xml


def register() -> None:
    """Keep them, and let the API tell them."""
    _handler.update({"create": _create_cluster, "update": _update_cluster, "delete": _delete_cluster})
    keep_after("AWS::RDS::DBCluster", keep_cluster)
    keep_after("AWS::RDS::DBInstance", keep_instance)
    rds._cluster_xml = _cluster_xml
    rds._serverlessv2_xml = _scaling_xml
