"""What CloudWatch, Firehose, Logs, EventBridge, S3, IAM and Lambda tell, in CloudFormation's names."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from watchkeeper.sandbox.judge.about import About, Described, Describer


def _metric_stream(about: About) -> Described:
    found: dict[str, Any] = about.client("cloudwatch").get_metric_stream(Name=about.id)
    return found


def _delivery(about: About) -> Described:
    answer = about.client("firehose").describe_delivery_stream(DeliveryStreamName=about.id)
    found: dict[str, Any] = answer["DeliveryStreamDescription"]
    told: dict[str, Any] = {"DeliveryStreamType": found["DeliveryStreamType"]}
    told["DeliveryStreamEncryptionConfigurationInput"] = found.get("DeliveryStreamEncryptionConfiguration")
    for destination in found["Destinations"]:
        http = destination.get("HttpEndpointDestinationDescription")
        if http:
            told["HttpEndpointDestinationConfiguration"] = {
                **http,
                "S3Configuration": http.get("S3DestinationDescription"),
            }
        s3 = destination.get("ExtendedS3DestinationDescription")
        if s3:
            told["ExtendedS3DestinationConfiguration"] = s3
    return told


def _log_group(about: About) -> Described:
    groups = about.client("logs").describe_log_groups(logGroupNamePrefix=about.id)["logGroups"]
    mine = [each for each in groups if each["logGroupName"] == about.id]
    return mine[0] if mine else {}


def _log_stream(about: About) -> Described:
    group = about.given["LogGroupName"]
    streams = about.client("logs").describe_log_streams(logGroupName=group, logStreamNamePrefix=about.id)["logStreams"]
    mine = [each for each in streams if each["logStreamName"] == about.given["LogStreamName"]]
    return {**mine[0], "LogGroupName": group} if mine else {}


def _has_owner(about: About) -> bool:
    return "OwnershipControls" in about.given


def _bucket(about: About) -> Described:
    client = about.client("s3")
    owner = client.get_bucket_ownership_controls(Bucket=about.id)["OwnershipControls"] if _has_owner(about) else None
    encryption = client.get_bucket_encryption(Bucket=about.id)["ServerSideEncryptionConfiguration"]["Rules"]
    by_default = [{"ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]} for rule in encryption]
    rules = client.get_bucket_lifecycle_configuration(Bucket=about.id)["Rules"]
    told = client.get_bucket_notification_configuration(Bucket=about.id)
    return {
        "NotificationConfiguration": {
            "EventBridgeConfiguration": {"EventBridgeEnabled": "EventBridgeConfiguration" in told}
        },
        "BucketEncryption": {"ServerSideEncryptionConfiguration": by_default},
        "OwnershipControls": owner,
        "LifecycleConfiguration": {
            "Rules": [{**rule, "ExpirationInDays": rule.get("Expiration", {}).get("Days")} for rule in rules]
        },
        "PublicAccessBlockConfiguration": client.get_public_access_block(Bucket=about.id)[
            "PublicAccessBlockConfiguration"
        ],
    }


def _bucket_policy(about: About) -> Described:
    bucket = about.given["Bucket"]
    policy = about.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    return {"Bucket": bucket, "PolicyDocument": json.loads(policy)}


def _document(value: Any) -> Any:  # noqa: ANN401 - a policy as a mapping, or as URL-encoded JSON
    return json.loads(unquote(value)) if isinstance(value, str) else value


def _role(about: About) -> Described:
    client = about.client("iam")
    role = client.get_role(RoleName=about.id)["Role"]
    names = client.list_role_policies(RoleName=about.id)["PolicyNames"]
    attached = client.list_attached_role_policies(RoleName=about.id)["AttachedPolicies"]
    return {
        "RoleName": role["RoleName"],
        "Description": role.get("Description"),
        "AssumeRolePolicyDocument": _document(role["AssumeRolePolicyDocument"]),
        "Policies": [
            {
                "PolicyName": name,
                "PolicyDocument": _document(
                    client.get_role_policy(RoleName=about.id, PolicyName=name)["PolicyDocument"]
                ),
            }
            for name in names
        ],
        "ManagedPolicyArns": [each["PolicyArn"] for each in attached],
    }


def _function(about: About) -> Described:
    found: dict[str, Any] = about.client("lambda").get_function_configuration(FunctionName=about.id)
    return {**found, "Layers": [each["Arn"] for each in found.get("Layers") or []]}


def _alarm(about: About) -> Described:
    return about.one("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=[about.id])


def _resource_policy(about: About) -> Described:
    policies = about.client("logs").describe_resource_policies()["resourcePolicies"]
    mine = [each for each in policies if each["policyName"] == about.given["PolicyName"]]
    return mine[0] if mine else {}


def _subscription(about: About) -> Described:
    group = about.given["LogGroupName"]
    found = about.client("logs").describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    mine = [each for each in found if each["filterName"] == about.id]
    return mine[0] if mine else {}


def _rule(about: About) -> Described:
    client = about.client("events")
    name = about.id.rpartition("/")[2]
    told: dict[str, Any] = client.describe_rule(Name=name)
    pattern = json.loads(told["EventPattern"]) if told.get("EventPattern") else None
    return {**told, "EventPattern": pattern, "Targets": client.list_targets_by_rule(Rule=name)["Targets"]}


def _permission(about: About) -> Described:
    """The statement of the function's policy; CloudFormation names it after the resource."""
    function = about.given["FunctionName"]
    policy = json.loads(about.client("lambda").get_policy(FunctionName=function)["Policy"])
    for each in policy["Statement"]:
        if each["Sid"] == about.id:
            condition = each.get("Condition") or {}
            return {
                "FunctionName": function,
                "Action": each["Action"],
                "Principal": each["Principal"]["Service"],
                "SourceAccount": (condition.get("StringEquals") or {}).get("AWS:SourceAccount"),
                "SourceArn": (condition.get("ArnLike") or {}).get("AWS:SourceArn"),
            }
    return {}


DESCRIBERS: Mapping[str, Describer] = {
    "AWS::CloudWatch::MetricStream": _metric_stream,
    "AWS::KinesisFirehose::DeliveryStream": _delivery,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::Logs::ResourcePolicy": _resource_policy,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::Logs::LogStream": _log_stream,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Permission": _permission,
    "AWS::Events::Rule": _rule,
    "AWS::Logs::SubscriptionFilter": _subscription,
}
