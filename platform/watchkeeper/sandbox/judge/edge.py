"""What Elastic Load Balancing, ECS and Application Auto Scaling tell, in CloudFormation's names."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.sandbox.judge.about import About, Described, Describer


def _balancer(about: About) -> Described:
    found = about.one("elbv2", "describe_load_balancers", "LoadBalancers", LoadBalancerArns=[about.id])
    attributes = about.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=about.id)["Attributes"]
    subnets = [zone["SubnetId"] for zone in found["AvailabilityZones"]]
    return {**found, "Subnets": subnets, "LoadBalancerAttributes": attributes}


def _rule(about: About) -> Described:
    found = about.one("elbv2", "describe_rules", "Rules", RuleArns=[about.id])
    return {**found, "ListenerArn": about.id.replace(":listener-rule/", ":listener/").rpartition("/")[0]}


def _target_group(about: About) -> Described:
    found = about.one("elbv2", "describe_target_groups", "TargetGroups", TargetGroupArns=[about.id])
    attributes = about.client("elbv2").describe_target_group_attributes(TargetGroupArn=about.id)["Attributes"]
    return {**found, "TargetGroupAttributes": attributes}


def _cluster(about: About) -> Described:
    found = about.one("ecs", "describe_clusters", "clusters", clusters=[about.id], include=["SETTINGS"])
    return {**found, "ClusterSettings": found["settings"]}


def _service(about: About) -> Described:
    cluster = about.given["Cluster"]
    found = about.one("ecs", "describe_services", "services", cluster=cluster, services=[about.id], include=["TAGS"])
    if found["status"] != "ACTIVE":
        return {}
    return {**found, "Cluster": found["clusterArn"].rpartition("/")[2]}


def _task(about: About) -> Described:
    answer = about.client("ecs").describe_task_definition(taskDefinition=about.id)
    task: dict[str, Any] = answer["taskDefinition"]
    return task if task["status"] == "ACTIVE" else {}


def _scalable_target(about: About) -> Described:
    asked = {"ServiceNamespace": about.given["ServiceNamespace"], "ResourceIds": [about.id.split("|")[0]]}
    return about.one("application-autoscaling", "describe_scalable_targets", "ScalableTargets", **asked)


def _policy(about: About) -> Described:
    resource, dimension, namespace = about.given["ScalingTargetId"].split("|")
    found = about.one(
        "application-autoscaling",
        "describe_scaling_policies",
        "ScalingPolicies",
        ServiceNamespace=namespace,
        ResourceId=resource,
        PolicyNames=[about.given["PolicyName"]],
    )
    return {**found, "ScalingTargetId": f"{found['ResourceId']}|{dimension}|{namespace}"}


DESCRIBERS: Mapping[str, Describer] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::Listener": lambda about: about.one(
        "elbv2", "describe_listeners", "Listeners", ListenerArns=[about.id]
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": _rule,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::ECS::Cluster": _cluster,
    "AWS::ECS::Service": _service,
    "AWS::ECS::TaskDefinition": _task,
    "AWS::ApplicationAutoScaling::ScalableTarget": _scalable_target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _policy,
}
