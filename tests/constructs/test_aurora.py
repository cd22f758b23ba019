"""The capacity of Aurora on a cluster of another app."""

import os
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from watchkeeper.autoscaling.aurora import ServerlessCapacity, capacity_problems, max_connections


def cluster_template(folder: Path, capacity: ServerlessCapacity) -> dict[str, Any]:
    os.environ.setdefault("JSII_NODE", str(ROOT / ".venv" / "bin" / "node"))
    from aws_cdk import App, Stack
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_rds as rds

    import base_infra  # noqa: F401 - starts the CDK with its caches inside the checkout
    from watchkeeper.constructs.aurora import scale_capacity

    app = App(outdir=str(folder / "cdk.out"), builtin_cloud_formation_validation=False)
    stack = Stack(app, "S")
    cluster = rds.DatabaseCluster(
        stack,
        "Database",
        engine=rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_16_9),
        vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0, restrict_default_security_group=False),
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        writer=rds.ClusterInstance.serverless_v2("Writer"),
    )
    scale_capacity(cluster, capacity)
    resources = app.synth().get_stack_by_name("S").template["Resources"].values()
    (found,) = [each for each in resources if each["Type"] == "AWS::RDS::DBCluster"]
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_a_cluster_of_the_cdks_own_construct_takes_the_capacity(tmp_path: Path) -> None:
    """With the pause where it may pause."""
    found = cluster_template(tmp_path, ServerlessCapacity(min_acu=0, max_acu=8, auto_pause_s=600))

    assert found["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0,
        "MaxCapacity": 8,
        "SecondsUntilAutoPause": 600,
    }


def test_what_aurora_would_refuse_is_told_all_at_once() -> None:
    """Before anything is synthesized."""
    assert capacity_problems(ServerlessCapacity(min_acu=0.5, max_acu=16)) == []
    assert capacity_problems(ServerlessCapacity(min_acu=1.2, max_acu=0.5, auto_pause_s=10)) == [
        "min_acu 1.2 is not one of 0, 0.5, 1 to 256 in steps of a half",
        "max_acu 0.5 is less than 1",
        "min_acu 1.2 is larger than max_acu 0.5",
    ]
    assert capacity_problems(ServerlessCapacity(min_acu=0, max_acu=4, auto_pause_s=10)) == [
        "auto_pause_s 10 is not 300 to 86400"
    ]


def test_the_largest_capacity_says_how_many_connections_there_are() -> None:
    """And a small minimum caps them."""
    assert (max_connections(2, 8), max_connections(2, 64), max_connections(0.5, 64)) == (1668, 5000, 2000)
