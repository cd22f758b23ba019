"""Watchkeeper's scaling on a service that an app has already, made by the CDK's own constructs."""

from pathlib import Path

from aws_cdk import App, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from constructs import Construct

from watchkeeper.autoscaling.load import load_scaling
from watchkeeper.constructs.scaling import ServiceScaling

ROOT = Path(__file__).resolve().parent


class Shop(Stack):
    """A load-balanced Fargate service; nothing in it knows Watchkeeper, save the last statement."""

    def __init__(self, scope: Construct, id: str, env_name: str) -> None:  # noqa: A002 - the CDK's word
        super().__init__(scope, id)
        cluster = ecs.Cluster(self, "Cluster", vpc=ec2.Vpc(self, "Vpc", max_azs=2))
        shop = patterns.ApplicationLoadBalancedFargateService(
            self,
            "Shop",
            cluster=cluster,
            task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(
                image=ecs.ContainerImage.from_registry("public.ecr.aws/nginx/nginx:1.29")
            ),
        )
        ServiceScaling.of(shop.service, config=load_scaling(ROOT, "shop", env_name), target_group=shop.target_group)


def main(app: App) -> App:
    """Add the stack; `-c env=NAME` chooses the environment of the scaling file."""
    Shop(app, "Shop", str(app.node.try_get_context("env") or "prod"))
    return app


if __name__ == "__main__":
    main(App()).synth()
