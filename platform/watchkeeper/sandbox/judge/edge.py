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
    asked = {"clusters": [about.id], "include": ["SETTINGS", "CONFIGURATIONS"]}
    found = about.one("ecs", "describe_clusters", "clusters", **asked)
    return {**found, "ClusterSettings": found["settings"]}


def _service(about: About) -> Described:
    cluster = about.given["Cluster"]
    found = about.one("ecs", "describe_services", "services", cluster=cluster, services=[about.id], include=["TAGS"])
    if found["status"] != "ACTIVE":
        return {}
    told = {**found, "Cluster": found["clusterArn"].rpartition("/")[2]}
    if "Monitoring" in about.given:
        arns = [each["arn"] for each in found["currentServiceRevisions"]]
        told |= about.one("ecs", "describe_service_revisions", "serviceRevisions", serviceRevisionArns=arns)
    return told


def _task(about: About) -> Described:
    answer = about.client("ecs").describe_task_definition(taskDefinition=about.id)
    task: dict[str, Any] = answer["taskDefinition"]
    return task if task["status"] == "ACTIVE" else {}


def _scalable_target(about: About) -> Described:
    resource, namespace = about.id.split("|")[0], about.given["ServiceNamespace"]
    asked = {"ServiceNamespace": namespace, "ResourceIds": [resource]}
    found = about.one("application-autoscaling", "describe_scalable_targets", "ScalableTargets", **asked)
    client = about.client("application-autoscaling")
    actions = client.describe_scheduled_actions(ServiceNamespace=namespace, ResourceId=resource)
    return {**found, "ScheduledActions": actions["ScheduledActions"]}


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


def _certificate(about: About) -> Described:
    answer = about.client("acm").describe_certificate(CertificateArn=about.id)
    found: dict[str, Any] = answer["Certificate"]
    methods = {each.get("ValidationMethod") for each in found.get("DomainValidationOptions", [])}
    return {**found, "ValidationMethod": next(iter(methods), None)}


def _record(about: About) -> Described:
    zone = about.given["HostedZoneId"]
    records = about.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    for record in records:
        if (record["Name"].rstrip("."), record["Type"]) == (about.given["Name"].rstrip("."), about.given["Type"]):
            return {**record, "Name": about.given["Name"], "HostedZoneId": zone}
    return {}


def _web_acl(about: About) -> Described:
    name, acl_id, scope = about.id.split("|")
    found = about.client("wafv2").get_web_acl(Name=name, Id=acl_id, Scope=scope)["WebACL"]
    return {**found, "Scope": scope}


def _web_acl_association(about: About) -> Described:
    balancer = about.given["ResourceArn"]
    found = about.client("wafv2").get_web_acl_for_resource(ResourceArn=balancer).get("WebACL")
    return {"ResourceArn": balancer, "WebACLArn": found["ARN"]} if found else {}


def _web_acl_logging(about: About) -> Described:
    answer = about.client("wafv2").get_logging_configuration(ResourceArn=about.given["ResourceArn"])
    found: dict[str, Any] = answer["LoggingConfiguration"]
    return found


def _namespace(about: About) -> Described:
    answer = about.client("servicediscovery").get_namespace(Id=about.id)
    found: dict[str, Any] = answer["Namespace"]
    return found


def _discovery_service(about: About) -> Described:
    answer = about.client("servicediscovery").get_service(Id=about.id)
    found: dict[str, Any] = answer["Service"]
    return found


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
    "AWS::CertificateManager::Certificate": _certificate,
    "AWS::Route53::RecordSet": _record,
    "AWS::WAFv2::WebACL": _web_acl,
    "AWS::WAFv2::WebACLAssociation": _web_acl_association,
    "AWS::WAFv2::LoggingConfiguration": _web_acl_logging,
    "AWS::ServiceDiscovery::PrivateDnsNamespace": _namespace,
    "AWS::ServiceDiscovery::Service": _discovery_service,
    "AWS::ApplicationAutoScaling::ScalableTarget": _scalable_target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _policy,
}
