"""Aurora instances in the zones that the template names, and the first one alone as the writer.

ministack puts all of them into the first zone, and calls each one that CloudFormation makes a writer.
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import rds
from ministack.services.cloudformation import provisioners


def register() -> None:
    """Keep the zone, the promotion tier and the role of an instance."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBInstance"]
    plain = handler["create"]

    def create(logical_id: str, props: Mapping[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
        physical_id, attributes = plain(logical_id, props, stack)
        instance = rds._instances[physical_id]
        if props.get("AvailabilityZone"):
            instance["AvailabilityZone"] = props["AvailabilityZone"]
        if props.get("PromotionTier") is not None:
            instance["PromotionTier"] = int(props["PromotionTier"])
        members = rds._clusters.get(props.get("DBClusterIdentifier"), {}).get("DBClusterMembers", [])
        for number, member in enumerate(members):
            member["IsClusterWriter"] = number == 0
            if member["DBInstanceIdentifier"] == physical_id:
                member["PromotionTier"] = instance.get("PromotionTier", 1)
        return physical_id, attributes

    handler["create"] = create
