"""GetResources for what ministack leaves out: load balancers, databases and delivery streams."""

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import alb, firehose, rds, tagging


def _is_here(arn: str) -> bool:
    return f":{get_region()}:{get_account_id()}:" in arn


Tags = list[dict[str, str]]


def _listed(tags: Any) -> Tags:  # noqa: ANN401 - a mapping, or a list of Key and Value
    if isinstance(tags, Mapping):
        return [{"Key": str(name), "Value": str(value)} for name, value in tags.items()]
    return [{"Key": tag["Key"], "Value": tag.get("Value", "")} for tag in tags or []]


def load_balancers() -> Iterator[tuple[str, Tags]]:
    """Load balancers, target groups, listeners and rules."""
    for arn, tags in alb._tags.items():
        if _is_here(arn):
            yield arn, _listed(tags)


def databases() -> Iterator[tuple[str, Tags]]:
    """Clusters and instances; ministack keeps their tags under the ARN or in the record."""
    for records, field in ((rds._instances, "DBInstanceArn"), (rds._clusters, "DBClusterArn")):
        for record in records.values():
            arn = record[field]
            tags = _listed(rds._tags.get(arn) or record.get("TagList"))
            if tags:
                yield arn, tags


def delivery_streams() -> Iterator[tuple[str, Tags]]:
    """Firehose."""
    for name, stream in firehose._streams.items():
        if stream["tags"]:
            yield f"arn:aws:firehose:{get_region()}:{get_account_id()}:deliverystream/{name}", _listed(stream["tags"])


def register() -> None:
    """Add the collectors."""
    tagging._COLLECTORS["elasticloadbalancing"] = load_balancers
    tagging._COLLECTORS["rds"] = databases
    tagging._COLLECTORS["firehose"] = delivery_streams
