"""The load balancer, its listeners, and the rules of services on them."""

from typing import Any

import pytest

from tests.base_infra.conftest import Assembly

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"


def listeners(assembly: Assembly, env: str) -> dict[int, Any]:
    return {
        item["Properties"]["Port"]: item["Properties"] for item in assembly.resources(f"{env}-Edge", LISTENER).values()
    }


def attributes(assembly: Assembly, env: str) -> dict[str, Any]:
    balancer = assembly.one(f"{env}-Edge", "AWS::ElasticLoadBalancingV2::LoadBalancer")
    return {each["Key"]: each["Value"] for each in balancer["LoadBalancerAttributes"]}


def test_without_a_certificate_only_http_is_served(assembly: Assembly) -> None:
    """One listener on 80; what no service takes is answered with 404."""
    found = listeners(assembly, "dev")

    assert list(found) == [80]
    assert [action["FixedResponseConfig"]["StatusCode"] for action in found[80]["DefaultActions"]] == ["404"]


@pytest.mark.parametrize("env", ["stage", "prod"])
def test_with_a_certificate_https_and_grpc_are_served_and_http_redirects(assembly: Assembly, env: str) -> None:
    """443 and 9000 speak TLS 1.2 or newer; 80 sends everything to 443; what no service takes is 404."""
    found = listeners(assembly, env)

    assert {port: item["Protocol"] for port, item in found.items()} == {80: "HTTP", 443: "HTTPS", 9000: "HTTPS"}
    (redirect,) = found[80]["DefaultActions"]
    assert redirect["RedirectConfig"] == {"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301"}
    for port in (443, 9000):
        assert found[port]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
        assert [action["Type"] for action in found[port]["DefaultActions"]] == ["fixed-response"]
        assert len(found[port]["Certificates"]) == 1


def test_a_domain_brings_its_certificate_and_its_name(assembly: Assembly) -> None:
    """The certificate is validated by a record in the named zone; the domain points at the load balancer."""
    certificate = assembly.one("prod-Edge", "AWS::CertificateManager::Certificate")
    name = assembly.one("prod-Edge", "AWS::Route53::RecordSet")

    assert certificate["DomainValidationOptions"] == [
        {"DomainName": "lighthouse.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
    ]
    assert (name["Name"], name["Type"]) == ("lighthouse.example.com", "A")
    assert name["AliasTarget"]["DNSName"]["Fn::GetAtt"] == ["LoadBalancer", "DNSName"]


def test_the_grpc_port_of_a_service_has_a_grpc_target_group(assembly: Assembly) -> None:
    """Its health is gRPC's own check with code 0; the HTTP port stands beside it on the other listener."""
    groups = {item["Properties"]["ProtocolVersion"]: item["Properties"]
              for item in assembly.resources("prod-Service-api", GROUP).values()}  # fmt: skip

    assert (groups["GRPC"]["Port"], groups["HTTP1"]["Port"]) == (9000, 80)
    assert groups["GRPC"]["HealthCheckPath"] == "/grpc.health.v1.Health/Check"
    assert groups["GRPC"]["Matcher"] == {"GrpcCode": "0"}
    arns = {str(item["Properties"]["ListenerArn"]) for item in assembly.resources("prod-Service-api", RULE).values()}
    assert len(arns) == 2
    ports = [each["ContainerPort"] for each in assembly.one("prod-Service-api", "AWS::ECS::Service")["LoadBalancers"]]
    assert ports == [80, 9000]


def test_no_grpc_target_group_hangs_on_a_listener_without_tls(assembly: Assembly) -> None:
    """AWS refuses it at deploy time; here every gRPC rule names the listener on 9000."""
    for stack in assembly.templates:
        for item in assembly.resources(stack, RULE).values():
            group = item["Properties"]["Actions"][0]["TargetGroupArn"]["Ref"]
            if assembly.resources(stack, GROUP)[group]["Properties"]["ProtocolVersion"] == "GRPC":
                assert "RefGrpc" in item["Properties"]["ListenerArn"]["Fn::ImportValue"]


@pytest.mark.parametrize(("service", "priority", "paths"), [("api", 100, ["/*"]), ("reports", 10, ["/reports/*"])])
def test_a_service_takes_its_paths_or_what_is_left(
    assembly: Assembly, service: str, priority: int, paths: list[str]
) -> None:
    """A service that names neither paths nor hosts takes everything that no other service took."""
    for name, rule in assembly.resources(f"prod-Service-{service}", RULE).items():
        if name.startswith("Http"):
            assert rule["Properties"]["Priority"] == priority
            assert rule["Properties"]["Conditions"] == [
                {"Field": "path-pattern", "PathPatternConfig": {"Values": paths}}
            ]


def test_access_logs_go_to_a_private_bucket_that_forgets_them(assembly: Assembly, widest: Assembly) -> None:
    """Only load balancers of this account write; the load balancer waits for the policy; they can be left out.

    The bucket outlives its stack in every environment, because a bucket that holds a log cannot be deleted.
    """
    bucket = assembly.one("prod-Edge", "AWS::S3::Bucket")
    for env in ("local", "dev", "stage", "prod"):
        (item,) = assembly.resources(f"{env}-Edge", "AWS::S3::Bucket").values()
        assert (item["DeletionPolicy"], item["UpdateReplacePolicy"]) == ("Retain", "Retain")
    (balancer,) = assembly.resources("prod-Edge", "AWS::ElasticLoadBalancingV2::LoadBalancer").values()

    assert attributes(assembly, "prod")["access_logs.s3.enabled"] == "true"
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 90
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert any(name.startswith("AccessLogsPolicy") for name in balancer["DependsOn"])
    assert attributes(widest, "local")["access_logs.s3.enabled"] == "false"
    assert not widest.resources("local-Edge", "AWS::S3::Bucket")


def test_malformed_headers_are_dropped_and_prod_cannot_be_deleted_by_accident(assembly: Assembly) -> None:
    """Everywhere the one, where the profile says so the other."""
    for env in ("local", "dev", "stage", "prod"):
        assert attributes(assembly, env)["routing.http.drop_invalid_header_fields.enabled"] == "true"
        assert attributes(assembly, env)["deletion_protection.enabled"] == str(env == "prod").lower()


def test_the_firewall_counts_in_stage_and_blocks_in_prod(assembly: Assembly) -> None:
    """AWS's managed rules and a limit per client address; dev has none."""

    def actions(env: str) -> list[str]:
        acl = assembly.one(f"{env}-Edge", "AWS::WAFv2::WebACL")
        return [next(iter(rule.get("Action") or rule["OverrideAction"])) for rule in acl["Rules"]]

    assert actions("stage") == ["Count"] * 4
    assert actions("prod") == ["Block", "None", "None", "None"]
    assert not assembly.resources("dev-Edge", "AWS::WAFv2::WebACL")


def test_the_firewall_blocks_no_request_for_the_size_of_its_body(assembly: Assembly) -> None:
    """The common rules would refuse uploads and gRPC messages over 8 KB; that rule counts, also in prod."""
    acl = assembly.one("prod-Edge", "AWS::WAFv2::WebACL")
    groups = [rule["Statement"].get("ManagedRuleGroupStatement", {}) for rule in acl["Rules"]]
    overrides = {group["Name"]: group["RuleActionOverrides"] for group in groups if "RuleActionOverrides" in group}

    assert overrides == {
        "AWSManagedRulesCommonRuleSet": [{"ActionToUse": {"Count": {}}, "Name": "SizeRestrictions_BODY"}]
    }


def test_the_firewall_logs_what_a_rule_matched_and_no_credentials(assembly: Assembly) -> None:
    """Every request that passes is in the access logs already."""
    logging = assembly.one("prod-Edge", "AWS::WAFv2::LoggingConfiguration")
    (kept,) = logging["LoggingFilter"]["Filters"]

    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    assert {each["ActionCondition"]["Action"] for each in kept["Conditions"]} == {
        "BLOCK", "COUNT", "EXCLUDED_AS_COUNT",
    }  # fmt: skip
    assert [field["SingleHeader"]["Name"] for field in logging["RedactedFields"]] == ["authorization", "cookie"]
