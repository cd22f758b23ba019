"""The stacks of an environment: their order, their exports, what each holds."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.base_infra.conftest import LOCAL_NETWORK, Assembly, edited, synthesize

ENVIRONMENTS = ("local", "dev", "stage", "prod")
STACKS = ("Foundation", "Data", "Edge", "Service-api", "Service-reports", "Forwarding")


def imports(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Fn::ImportValue":
                yield inner
            else:
                yield from imports(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from imports(inner)


def exports(template: Any) -> set[str]:
    outputs = template.get("Outputs", {}).values()
    return {output["Export"]["Name"] for output in outputs if "Export" in output}


def test_every_environment_has_the_same_stacks(assembly: Assembly) -> None:
    """An environment with two services is six stacks, named after it."""
    assert set(assembly.templates) == {f"{env}-{stack}" for env in ENVIRONMENTS for stack in STACKS}


def test_references_go_one_way(assembly: Assembly) -> None:
    """Foundation -> Data, Edge -> Service -> Forwarding: a stack imports from earlier ones only, never in a cycle."""
    level = {"Foundation": 0, "Data": 1, "Edge": 1, "Service-api": 2, "Service-reports": 2, "Forwarding": 3}
    owner = {name: stack for stack, template in assembly.templates.items() for name in exports(template)}
    seen = set()
    for stack, template in assembly.templates.items():
        for name in imports(template):
            env, _, layer = stack.partition("-")
            other_env, _, other = owner[name].partition("-")
            assert env == other_env
            assert level[other] < level[layer], f"{stack} imports from {owner[name]}"
            seen.add((layer, other))
    assert seen == {
        ("Data", "Foundation"), ("Edge", "Foundation"),
        ("Forwarding", "Foundation"), ("Forwarding", "Data"), ("Forwarding", "Edge"),
        *((f"Service-{name}", other) for name in ("api", "reports") for other in ("Foundation", "Data", "Edge")),
    }  # fmt: skip


def test_forwarding_is_deployed_last_and_services_after_what_they_stand_on(assembly: Assembly) -> None:
    """The order of a deploy follows from what each stack waits for."""
    assert assembly.waits_for["prod-Forwarding"] == (
        "prod-Data", "prod-Edge", "prod-Foundation", "prod-Service-api", "prod-Service-reports",
    )  # fmt: skip
    assert assembly.waits_for["prod-Service-api"] == ("prod-Data", "prod-Edge", "prod-Foundation")
    assert assembly.waits_for["prod-Foundation"] == ()


def test_removing_a_service_changes_no_other_stack(assembly: Assembly, without_reports: Assembly) -> None:
    """A service goes in one deploy: what remains is byte for byte the same.

    So every export that the deployed stack of the removed service still imports stays where it is.
    """
    remaining = [f"local-{stack}" for stack in STACKS if stack != "Service-reports"]

    assert sorted(without_reports.templates) == sorted(remaining)
    for stack in remaining:
        before, after = assembly.templates[stack], without_reports.templates[stack]
        assert json.dumps(after, sort_keys=True) == json.dumps(before, sort_keys=True), stack
    kept = {name for template in without_reports.templates.values() for name in exports(template)}
    assert set(imports(assembly.templates["local-Service-reports"])) <= kept
    assert not exports(assembly.templates["local-Service-reports"])


def test_an_environment_without_any_service_still_exports_what_the_last_one_imports(
    assembly: Assembly, declared: str, tmp_path: Path
) -> None:
    """Also the last service goes in one deploy."""
    none = "    services: {api: {runs: false}, reports: {runs: false}}\n"
    text = edited(declared, LOCAL_NETWORK, LOCAL_NETWORK + none)
    empty = synthesize(text, "local", tmp_path)

    kept = {name for template in empty.templates.values() for name in exports(template)}
    assert set(imports(assembly.templates["local-Service-api"])) <= kept


TWINS = """\
project: lighthouse
datadog: {site: datadoghq.eu}
teams: {checkout: {name: Checkout}, platform: {name: Platform}}
services:
  api: {team: checkout, image: "app:1", listener: {priority: 1}}
profiles:
  same: {zones: [eu-west-1a, eu-west-1b, eu-west-1c], region: eu-west-1}
environments:
  local: {profile: same, account: "000000000000", network: {cidr: 10.0.0.0/16}}
  dev: {profile: same, account: "111111111111", network: {cidr: 10.1.0.0/16}}
  prod: {profile: same, account: "222222222222", network: {cidr: 10.2.0.0/16}}
"""


def test_environments_differ_by_declared_values_only(tmp_path: Path) -> None:
    """The same settings give the same templates, whatever the environment's name; no code asks for it.

    So what differs between two environments is what their profiles and blocks in watchkeeper.yaml say.
    """
    twins = synthesize(TWINS, "all", tmp_path)
    policies = "AWS::ApplicationAutoScaling::"  # the scaling files declare other bounds for dev

    def plain(env: str, account: str, cidr: str) -> dict[str, str]:
        found = {}
        for stack in (name for name in twins.templates if name.startswith(f"{env}-")):
            text = json.dumps(
                {n: r for n, r in twins.resources(stack).items() if not r["Type"].startswith(policies)}, sort_keys=True
            )
            text = text.replace(account, "ACCOUNT").replace(cidr, "10.0.")
            found[stack.removeprefix(f"{env}-")] = re.sub(rf"\b{env}(?!-\")\b", "ENV", text)
        return found

    assert plain("dev", "111111111111", "10.1.") == plain("prod", "222222222222", "10.2.")


def test_only_one_custom_resource_runs_code(assembly: Assembly) -> None:
    """A function of the CDK closes the default security group; beside it is Datadog's forwarder, with two callers."""
    found = Counter(
        resource["Type"]
        for stack in assembly.templates
        for resource in assembly.resources(stack).values()
        if resource["Type"].startswith(("Custom::", "AWS::Lambda", "AWS::CloudFormation::CustomResource"))
    )

    assert found == {"Custom::VpcRestrictDefaultSG": 4, "AWS::Lambda::Function": 8, "AWS::Lambda::Permission": 8}
    functions = [
        item["Properties"]["Handler"]
        for stack in assembly.templates
        for item in assembly.resources(stack, "AWS::Lambda::Function").values()
    ]
    assert Counter(functions) == {"__entrypoint__.handler": 4, "lambda_function.lambda_handler": 4}


UNTAGGABLE = {
    "AWS::EC2::EIP": False, "AWS::Logs::SubscriptionFilter": True, "AWS::Lambda::Permission": True,
    "AWS::Events::Rule": True, "Custom::VpcRestrictDefaultSG": True, "AWS::EC2::VPCGatewayAttachment": True,
    "AWS::EC2::SubnetRouteTableAssociation": True, "AWS::EC2::Route": True, "AWS::EC2::NetworkAclEntry": True,
    "AWS::EC2::SubnetNetworkAclAssociation": True, "AWS::EC2::SecurityGroupIngress": True,
    "AWS::EC2::SecurityGroupEgress": True, "AWS::SecretsManager::SecretTargetAttachment": True,
    "AWS::S3::BucketPolicy": True, "AWS::Logs::LogStream": True,
    "AWS::ApplicationAutoScaling::ScalableTarget": True, "AWS::ApplicationAutoScaling::ScalingPolicy": True,
    "AWS::Route53::RecordSet": True, "AWS::WAFv2::WebACLAssociation": True, "AWS::WAFv2::LoggingConfiguration": True,
    "AWS::Logs::ResourcePolicy": True,
}  # fmt: skip
"""Types whose resource specification has no tags."""


def tags_of(resource: Any) -> dict[str, str]:
    tags = resource["Properties"].get("Tags", [])
    return tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}


def test_everything_that_can_carry_tags_says_whose_it_is(assembly: Assembly) -> None:
    """`env`, `team` and `managed_by` stand on every resource, `service` on those of a service."""
    for stack in assembly.templates:
        env, _, layer = stack.partition("-")
        wanted = {"env": env, "team": "platform", "managed_by": "watchkeeper"}
        if layer.startswith("Service-"):
            service = layer.removeprefix("Service-")
            wanted |= {"service": service, "team": {"api": "checkout", "reports": "platform"}[service]}
        for name, resource in assembly.resources(stack).items():
            if not UNTAGGABLE.get(resource["Type"], False):
                tags = {
                    key: value for key, value in tags_of(resource).items() if key not in ("Name", "dd_cdk_construct")
                }
                assert tags == wanted, f"{stack} {name} {resource['Type']}"
