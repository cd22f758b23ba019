"""The capacity of Aurora Serverless v2, on a cluster that an app has already."""

from aws_cdk import aws_rds as rds
from constructs import IConstruct

from watchkeeper.autoscaling.aurora import ServerlessCapacity, capacity_problems


def scale_capacity(cluster: IConstruct, capacity: ServerlessCapacity) -> None:
    """Let the cluster scale between the capacities. cluster: an `rds.CfnDBCluster`, or a construct that holds one.

    Raises ValueError with every problem, and for an imported cluster, which no template of this app describes.
    """
    problems = capacity_problems(capacity)
    if problems:
        raise ValueError("; ".join(problems))
    inner = next((each for each in cluster.node.find_all() if isinstance(each, rds.CfnDBCluster)), None)
    if inner is None:
        raise ValueError(f"{cluster.node.path} is imported: no template of this app describes it")
    inner.serverless_v2_scaling_configuration = rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty(
        min_capacity=capacity.min_acu,
        max_capacity=capacity.max_acu,
        seconds_until_auto_pause=capacity.auto_pause_s if capacity.min_acu == 0 else None,
    )
