"""Aurora instances in the zones that the template names; ministack puts all of them into the first."""

from collections.abc import Mapping
from typing import Any

from ministack.services import rds
from ministack.services.cloudformation import provisioners


def register() -> None:
    """Keep the zone and the promotion tier of an instance."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBInstance"]
    plain = handler["create"]

    def create(logical_id: str, props: Mapping[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
        physical_id, attributes = plain(logical_id, props, stack)
        instance = rds._instances[physical_id]
        if props.get("AvailabilityZone"):
            instance["AvailabilityZone"] = props["AvailabilityZone"]
        if props.get("PromotionTier") is not None:
            instance["PromotionTier"] = int(props["PromotionTier"])
        return physical_id, attributes

    handler["create"] = create
