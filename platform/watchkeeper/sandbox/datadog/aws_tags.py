"""What Datadog's AWS integration crawls: the tags of resources, put on every metric of the resource."""

from collections.abc import Iterable, Iterator, Mapping

Resource = tuple[str, Mapping[str, str]]
"""An ARN and its tags."""


class AwsTags:
    """Tags by the CloudWatch dimension that names a resource."""

    def __init__(self) -> None:
        self._tags: dict[tuple[str, str], frozenset[str]] = {}

    def learn(self, resources: Iterable[Resource]) -> None:
        """Replace what is known by a crawl. AWS's own tags are left out; Datadog lower-cases the others."""
        self._tags = {}
        for arn, tags in resources:
            own = {f"{name}:{value}".lower() for name, value in tags.items() if not name.startswith("aws:")}
            for key in _dimensions(arn):
                self._tags[key] = frozenset(own)

    def of(self, dimensions: Mapping[str, str]) -> frozenset[str]:
        """The tags of every resource that a metric's dimensions name."""
        found: set[str] = set()
        for name, value in dimensions.items():
            known = (
                f"{dimensions['ClusterName']}/{value}"
                if name == "ServiceName" and "ClusterName" in dimensions
                else value
            )
            if name == "ClusterName" and "ServiceName" in dimensions:
                continue  # the service's own tags, not those of the cluster that many share
            found |= self._tags.get((name, known), frozenset())
        if "TargetGroup" in dimensions:
            found -= self._tags.get(("LoadBalancer", dimensions.get("LoadBalancer", "")), frozenset())
            found |= self._tags.get(("TargetGroup", dimensions["TargetGroup"]), frozenset())
        return frozenset(found)


def _dimensions(arn: str) -> Iterator[tuple[str, str]]:
    """The dimension and its value by which CloudWatch names a resource."""
    service, resource = arn.split(":")[2], arn.split(":", 5)[5]
    kind, _, name = resource.partition("/")
    if service == "elasticloadbalancing" and kind == "loadbalancer":
        yield "LoadBalancer", name
    elif service == "elasticloadbalancing" and kind == "targetgroup":
        yield "TargetGroup", resource
    elif service == "ecs" and kind == "service":
        yield "ServiceName", name
    elif service == "ecs" and kind == "cluster":
        yield "ClusterName", name
    elif service == "firehose" and kind == "deliverystream":
        yield "DeliveryStreamName", name
    elif service == "rds":
        kind, _, name = resource.partition(":")
        if kind in ("db", "cluster"):
            yield ("DBInstanceIdentifier" if kind == "db" else "DBClusterIdentifier"), name
