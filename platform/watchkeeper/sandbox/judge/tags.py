"""Tags of resources as GetResources tells them: what Datadog's integration crawls, and what a monitor's scope sees."""

from collections.abc import Mapping
from typing import Any, Final

from watchkeeper.sandbox.judge.about import Clients

_ARN: Final[Mapping[str, str]] = {
    "AWS::ECS::Service": "{id}",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "{id}",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "{id}",
    "AWS::KinesisFirehose::DeliveryStream": "arn:aws:firehose:{region}:{account}:deliverystream/{id}",
    "AWS::RDS::DBCluster": "arn:aws:rds:{region}:{account}:cluster:{id}",
    "AWS::RDS::DBInstance": "arn:aws:rds:{region}:{account}:db:{id}",
}
"""Of the types whose metrics are watched."""

Tags = Mapping[str, frozenset[tuple[str, str]]]


def crawl(client: Clients) -> Tags:
    """Keys and values by ARN."""
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources").paginate()
    return {
        each["ResourceARN"]: frozenset((tag["Key"], tag["Value"]) for tag in each["Tags"])
        for page in pages
        for each in page["ResourceTagMappingList"]
    }


def missing_tags(
    kind: str, physical_id: str, given: Mapping[str, Any], tags: Tags, account: str, region: str
) -> list[str]:
    """`key:value` of every tag of the template that the crawl does not tell; none for types that nothing watches."""
    if kind not in _ARN:
        return []
    told = tags.get(_ARN[kind].format(id=physical_id, account=account, region=region), frozenset())
    wanted = [(tag["Key"], str(tag["Value"])) for tag in given.get("Tags", [])]
    return [f"{key}:{value}" for key, value in wanted if (key, value) not in told]
