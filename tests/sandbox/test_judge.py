"""A deploy is judged by what each service's own API tells, not by the tick of a program."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import VARIANTS, Emulated
from watchkeeper.sandbox.judge.check import DESCRIBERS
from watchkeeper.sandbox.judge.properties import NOT_TOLD, PROPERTIES
from watchkeeper.sandbox.judge.values import UNKNOWN, Resolver, canonical, is_told

pytestmark = pytest.mark.emulator

ADDITIONS = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::MetricStream",
    "AWS::EC2::EIP",
    "AWS::EC2::FlowLog",
    "AWS::EC2::NatGateway",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetNetworkAclAssociation",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
    "Custom::VpcRestrictDefaultSG",
    "alb._tg_xml",
    "cloudwatch.handle_request",
    "ec2.DescribeFlowLogs",
    "ec2.DescribeNatGateways",
    "ec2._network_acl_entry_xml",
    "ec2._vpce_fields_xml",
    "firehose._dest_description",
    "provisioners._cw_metric_alarm_record",
    "provisioners._normalize_container_defs",
    "rds._cluster_xml",
    "service.application-autoscaling",
    "tags.elasticloadbalancing",
    "tags.firehose",
    "tags.rds",
)
IN_VARIANTS = {
    "AWS::MSK::Cluster": "gradual",
    "AWS::MSK::Configuration": "gradual",
    "AWS::MSK::ServerlessCluster": "serverless",
    "AWS::WAFv2::LoggingConfiguration": "gradual",
    "AWS::WAFv2::WebACLAssociation": "gradual",
    "alb._action_xml": "gradual",
    "provisioners._elbv2_listener_actions": "gradual",
    "rds._serverlessv2_xml": "gradual",
}
"""What `local` has not: the variant that needs it."""
NOT_IN_LOCAL = {
    "AWS::IAM::OIDCProvider": "of the stack Delivery; proven by its own deploy in tests/base_infra",
    "ecs.DescribeServiceRevisions": "no high-resolution metrics; proven in tests/sandbox/test_control_loop.py",
    "cloudwatch._evaluate_alarm": "virtual time; no deploy shows it",
    "cloudwatch_logs._fanout_to_subscription_filters": "delivers; proven by tests/sandbox/test_canary.py",
    "cloudwatch_logs._put_subscription_filter": "refuses a third filter; proven by tests/sandbox/test_canary.py",
}


@pytest.mark.parametrize("env", ["local", *VARIANTS])
def test_what_was_deployed_is_what_the_templates_say(emulated: Emulated, env: str) -> None:
    """Every resource of the environment, property by property and tag by tag.

    Also with a broker of either kind, a canary and a linear deployment, a firewall, and a database that pauses.
    """
    assert emulated.mismatches(emulated.deploy(env), env) == ()


@pytest.mark.parametrize(("addition", "env"), [*((name, "local") for name in ADDITIONS), *IN_VARIANTS.items()])
def test_without_any_one_of_our_additions_the_judgement_is_against_the_emulator(
    emulated: Emulated, addition: str, env: str
) -> None:
    """Nothing of the extension is there for show: blanked, its part of the deploy is found wanting."""
    emulated.emulator.additions([addition])

    assert emulated.mismatches(emulated.deploy(env), env) != ()


def test_every_addition_is_proven_or_stands_for_another_environment(emulated: Emulated) -> None:
    """A new one fails this test until it has its proof."""
    assert sorted(emulated.emulator.additions()) == sorted([*ADDITIONS, *IN_VARIANTS, *NOT_IN_LOCAL])


def _first(emulated: Emulated, service: str, operation: str, key: str, **arguments: Any) -> Any:
    return getattr(emulated.client(service), operation)(**arguments)[key][0]


def _ours(emulated: Emulated, operation: str, key: str) -> Any:
    """The first object of the environment's own VPC."""
    filters = [{"Name": "tag:env", "Values": ["local"]}]
    return getattr(emulated.client("ec2"), operation)(Filters=filters)[key][0]


def _delete_route(emulated: Emulated) -> None:
    ec2 = emulated.client("ec2")
    tables = [table for table in ec2.describe_route_tables()["RouteTables"] if len(table["Routes"]) > 1]
    ec2.delete_route(RouteTableId=tables[0]["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")


def _delete_acl_entry(emulated: Emulated) -> None:
    acl = next(each for each in emulated.client("ec2").describe_network_acls()["NetworkAcls"] if not each["IsDefault"])
    entry = next(each for each in acl["Entries"] if each["RuleNumber"] < 32767)
    emulated.client("ec2").delete_network_acl_entry(
        NetworkAclId=acl["NetworkAclId"], RuleNumber=entry["RuleNumber"], Egress=entry["Egress"]
    )


def _revoke(emulated: Emulated, side: str) -> None:
    """The first rule that names another group."""
    ec2 = emulated.client("ec2")
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        asked = [{"Name": "group-id", "Values": [group["GroupId"]]}]
        for rule in ec2.describe_security_group_rules(Filters=asked)["SecurityGroupRules"]:
            if rule["IsEgress"] == (side == "egress") and rule.get("ReferencedGroupInfo"):
                revoke = getattr(ec2, f"revoke_security_group_{side}")
                revoke(GroupId=group["GroupId"], SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
                return
    raise AssertionError("there is no such rule")


def _delete_service(emulated: Emulated) -> None:
    emulated.client("ecs").delete_service(cluster="lighthouse-local", service="api", force=True)


def _delete_policy(emulated: Emulated) -> None:
    emulated.client("application-autoscaling").delete_scaling_policy(
        PolicyName="api-cpu",
        ServiceNamespace="ecs",
        ResourceId="service/lighthouse-local/api",
        ScalableDimension="ecs:service:DesiredCount",
    )


def _delete_target(emulated: Emulated) -> None:
    emulated.client("application-autoscaling").deregister_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/lighthouse-local/api",
        ScalableDimension="ecs:service:DesiredCount",
    )


def _delete_listener_rule(emulated: Emulated) -> None:
    elb = emulated.client("elbv2")
    balancer = _first(emulated, "elbv2", "describe_load_balancers", "LoadBalancers")
    listener = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"][0]
    rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    elb.delete_rule(RuleArn=next(rule["RuleArn"] for rule in rules if not rule["IsDefault"]))


def _delete_listener(emulated: Emulated) -> None:
    elb = emulated.client("elbv2")
    balancer = _first(emulated, "elbv2", "describe_load_balancers", "LoadBalancers")
    listener = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"][0]
    elb.delete_listener(ListenerArn=listener["ListenerArn"])


def _delete_role(emulated: Emulated) -> None:
    iam = emulated.client("iam")
    role = next(each for each in iam.list_roles()["Roles"] if each["RoleName"].startswith("local-"))["RoleName"]
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    iam.delete_role(RoleName=role)


def _delete_secret(emulated: Emulated) -> None:
    client = emulated.client("secretsmanager")
    ours = next(each for each in client.list_secrets()["SecretList"] if each["Name"].startswith("local-"))
    client.delete_secret(SecretId=ours["ARN"], ForceDeleteWithoutRecovery=True)


DELETIONS: Mapping[str, Callable[[Emulated], Any]] = {
    "AWS::EC2::Route": _delete_route,
    "AWS::EC2::NetworkAclEntry": _delete_acl_entry,
    "AWS::EC2::SecurityGroupIngress": lambda emulated: _revoke(emulated, "ingress"),
    "AWS::EC2::SecurityGroupEgress": lambda emulated: _revoke(emulated, "egress"),
    "AWS::EC2::NatGateway": lambda emulated: emulated.client("ec2").delete_nat_gateway(
        NatGatewayId=_first(emulated, "ec2", "describe_nat_gateways", "NatGateways")["NatGatewayId"]
    ),
    "AWS::EC2::EIP": lambda emulated: emulated.client("ec2").release_address(
        AllocationId=_first(emulated, "ec2", "describe_addresses", "Addresses")["AllocationId"]
    ),
    "AWS::EC2::VPCEndpoint": lambda emulated: emulated.client("ec2").delete_vpc_endpoints(
        VpcEndpointIds=[_first(emulated, "ec2", "describe_vpc_endpoints", "VpcEndpoints")["VpcEndpointId"]]
    ),
    "AWS::EC2::FlowLog": lambda emulated: emulated.client("ec2").delete_flow_logs(
        FlowLogIds=[_first(emulated, "ec2", "describe_flow_logs", "FlowLogs")["FlowLogId"]]
    ),
    "AWS::EC2::Subnet": lambda emulated: emulated.client("ec2").delete_subnet(
        SubnetId=_ours(emulated, "describe_subnets", "Subnets")["SubnetId"]
    ),
    "AWS::ECS::Service": _delete_service,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _delete_policy,
    "AWS::ApplicationAutoScaling::ScalableTarget": _delete_target,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _delete_listener_rule,
    "AWS::ElasticLoadBalancingV2::Listener": _delete_listener,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda emulated: emulated.client("elbv2").delete_load_balancer(
        LoadBalancerArn=_first(emulated, "elbv2", "describe_load_balancers", "LoadBalancers")["LoadBalancerArn"]
    ),
    "AWS::RDS::DBInstance": lambda emulated: emulated.client("rds").delete_db_instance(
        DBInstanceIdentifier=_first(emulated, "rds", "describe_db_instances", "DBInstances")["DBInstanceIdentifier"],
        SkipFinalSnapshot=True,
    ),
    "AWS::IAM::Role": _delete_role,
    "AWS::SecretsManager::Secret": _delete_secret,
    "AWS::KinesisFirehose::DeliveryStream": lambda emulated: emulated.client("firehose").delete_delivery_stream(
        DeliveryStreamName=emulated.client("firehose").list_delivery_streams()["DeliveryStreamNames"][0]
    ),
    "AWS::Logs::LogGroup": lambda emulated: emulated.client("logs").delete_log_group(
        logGroupName="/ecs/lighthouse-local/api"
    ),
}


@pytest.mark.parametrize("kind", DELETIONS)
def test_what_was_deleted_behind_cloudformations_back_is_found(emulated: Emulated, kind: str) -> None:
    """The stack still says CREATE_COMPLETE; the service itself knows better."""
    out = emulated.deploy()

    DELETIONS[kind](emulated)

    assert kind in {mismatch.type for mismatch in emulated.mismatches(out)}


@pytest.mark.parametrize("env", ["local", "prod", *VARIANTS])
def test_every_property_of_the_templates_is_compared_or_left_out_with_a_reason(
    assemblies: Callable[[str], Path], env: str
) -> None:
    """A new type, or a new property of a known one, fails here until somebody decides."""
    untold = set()
    for template in assemblies(env).glob("*.template.json"):
        for resource in json.loads(template.read_text())["Resources"].values():
            kind = resource["Type"]
            if kind == "AWS::CDK::Metadata":
                continue
            assert kind in DESCRIBERS, kind
            untold |= {
                (kind, name)
                for name in resource.get("Properties", {})
                if name not in PROPERTIES[kind] and (kind, name) not in NOT_TOLD and name != "Tags"
            }

    assert untold == set()


def test_references_are_resolved_to_what_was_deployed() -> None:
    """Ref, ImportValue, GetAtt, Join, Sub, Split and Select; what only the resource knows is taken as it comes."""
    resolver = Resolver(
        {"Vpc": "vpc-1"}, {"Out": "sg-2"}, lambda name, attribute: f"{name}.{attribute}", {"AWS::Region": "eu-west-1"}
    )

    found = resolver.value(
        {
            "Vpc": {"Ref": "Vpc"},
            "Group": {"Fn::ImportValue": "Out"},
            "Arn": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Region"}, ":", {"Fn::GetAtt": ["Key", "Arn"]}]]},
            "Sub": {"Fn::Sub": "logs.${AWS::Region}"},
            "Part": {"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "Vpc"}]}]},
            "Gone": {"Ref": "Nothing"},
            "PartOfGone": {"Fn::Select": ["0", {"Fn::Split": ["-", {"Ref": "Nothing"}]}]},
        }
    )

    assert found == {
        "Vpc": "vpc-1",
        "Group": "sg-2",
        "Arn": "arn:eu-west-1:Key.Arn",
        "Sub": "logs.eu-west-1",
        "Part": "1",
        "Gone": UNKNOWN,
        "PartOfGone": UNKNOWN,
    }


@pytest.mark.parametrize(
    ("wanted", "told", "is_same"),
    [
        ({"Port": 80}, {"port": "80", "more": 1}, True),
        ({"Enabled": True}, {"ENABLED": "true"}, True),
        ([1, 2], ["2", "1"], True),
        ([1, 2], ["1"], False),
        ({"Port": 80}, {"port": 81}, False),
        ({"Id": UNKNOWN}, {"id": "anything"}, True),
        ({"Id": UNKNOWN}, {"id": None}, False),
    ],
)
def test_spelling_is_no_difference_and_values_are(wanted: Any, told: Any, is_same: bool) -> None:
    """Numbers as texts, cases of keys, the order of lists, and what an API tells besides."""
    assert is_told(canonical(wanted), canonical(told)) is is_same
