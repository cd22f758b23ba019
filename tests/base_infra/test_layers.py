"""What stands on the network: database, load balancer, services, forwarding."""

import pytest

from tests.base_infra.conftest import Assembly


def test_writer_and_reader_stand_in_different_zones(assembly: Assembly) -> None:
    """The template itself says where each instance goes, and that the reader takes over."""
    for env in ("local", "dev", "stage", "prod"):
        found = {
            name: (item["Properties"]["AvailabilityZone"], item["Properties"]["PromotionTier"], item.get("DependsOn"))
            for name, item in assembly.resources(f"{env}-Data", "AWS::RDS::DBInstance").items()
        }
        assert found == {"Writer": ("eu-west-1a", 0, None), "Reader1": ("eu-west-1b", 1, ["Writer"])}


def test_the_database_has_the_declared_capacity_and_protection(assembly: Assembly) -> None:
    """Prod is protected and keeps a snapshot; dev is neither."""

    def cluster(env: str) -> tuple[object, ...]:
        (item,) = assembly.resources(f"{env}-Data", "AWS::RDS::DBCluster").values()
        properties = item["Properties"]
        scaling = properties["ServerlessV2ScalingConfiguration"]
        bounds = (scaling["MinCapacity"], scaling["MaxCapacity"])
        return (*bounds, properties["DeletionProtection"], item["DeletionPolicy"], properties["BackupRetentionPeriod"])

    assert cluster("dev") == (0.5, 8, False, "Delete", 7)
    assert cluster("prod") == (2, 32, True, "Snapshot", 30)


def test_no_template_holds_a_password(assembly: Assembly) -> None:
    """User and password are resolved from Secrets Manager while CloudFormation deploys."""
    (item,) = assembly.resources("prod-Data", "AWS::RDS::DBCluster").values()

    for key, part in (("MasterUsername", "username"), ("MasterUserPassword", "password")):
        end = f":SecretString:{part}::}}}}"
        assert item["Properties"][key]["Fn::Join"][1] == ["{{resolve:secretsmanager:", {"Ref": "Credentials"}, end]


def test_what_no_service_takes_is_answered_with_404(assembly: Assembly) -> None:
    """The listener's default action is fixed, so removing the last service needs no change of the listener."""
    (item,) = assembly.resources("local-Edge", "AWS::ElasticLoadBalancingV2::Listener").values()

    assert (item["Properties"]["Port"], item["Properties"]["Protocol"]) == (80, "HTTP")
    assert [action["FixedResponseConfig"]["StatusCode"] for action in item["Properties"]["DefaultActions"]] == ["404"]


@pytest.mark.parametrize(("service", "priority", "paths"), [("api", 100, ["/*"]), ("reports", 10, ["/reports/*"])])
def test_a_service_takes_its_paths_or_what_is_left(
    assembly: Assembly, service: str, priority: int, paths: list[str]
) -> None:
    """A service that names neither paths nor hosts takes everything that no other service took."""
    (rule,) = assembly.resources(f"prod-Service-{service}", "AWS::ElasticLoadBalancingV2::ListenerRule").values()

    assert rule["Properties"]["Priority"] == priority
    assert rule["Properties"]["Conditions"] == [{"Field": "path-pattern", "PathPatternConfig": {"Values": paths}}]


def test_a_service_is_sized_as_its_environment_says(assembly: Assembly) -> None:
    """Prod overrides the size of `api`; the container listens on 80 everywhere."""

    def task(env: str) -> tuple[object, ...]:
        (item,) = assembly.resources(f"{env}-Service-api", "AWS::ECS::TaskDefinition").values()
        properties = item["Properties"]
        (container,) = properties["ContainerDefinitions"]
        return properties["Cpu"], properties["Memory"], container["PortMappings"]

    assert task("local") == ("512", "1024", [{"ContainerPort": 80, "Protocol": "tcp"}])
    assert task("prod") == ("1024", "2048", [{"ContainerPort": 80, "Protocol": "tcp"}])


def test_a_failed_deployment_rolls_back_and_never_resets_what_scaling_did(assembly: Assembly) -> None:
    """Circuit breaker on; no desired count, because each deploy would set it again."""
    for service in ("api", "reports"):
        (item,) = assembly.resources(f"prod-Service-{service}", "AWS::ECS::Service").values()
        breaker = item["Properties"]["DeploymentConfiguration"]["DeploymentCircuitBreaker"]
        assert breaker == {"Enable": True, "Rollback": True}
        assert "DesiredCount" not in item["Properties"]
        assert any(name.startswith("Rule") for name in item["DependsOn"])


def test_scaling_is_what_the_files_say_in_each_environment(assembly: Assembly) -> None:
    """Bounds and targets of autoscaling/api.yaml, its overrides for dev and prod applied."""

    def scaling(env: str) -> tuple[object, ...]:
        (target,) = assembly.resources(f"{env}-Service-api", "AWS::ApplicationAutoScaling::ScalableTarget").values()
        policies = assembly.resources(f"{env}-Service-api", "AWS::ApplicationAutoScaling::ScalingPolicy").values()
        tracked = {}
        for policy in policies:
            config = policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]
            metric = config["PredefinedMetricSpecification"]["PredefinedMetricType"]
            tracked[metric] = (config["TargetValue"], config["ScaleOutCooldown"], config["ScaleInCooldown"])
        return target["Properties"]["MinCapacity"], target["Properties"]["MaxCapacity"], tracked

    cpu = {"ECSServiceAverageCPUUtilization": (55, 60, 300)}
    assert scaling("local") == (2, 12, cpu | {"ALBRequestCountPerTarget": (1500, 60, 300)})
    assert scaling("dev") == (1, 4, cpu | {"ALBRequestCountPerTarget": (1500, 60, 300)})
    assert scaling("prod") == (4, 40, cpu | {"ALBRequestCountPerTarget": (3000, 60, 300)})


def test_requests_are_counted_on_the_target_group_of_the_service(assembly: Assembly) -> None:
    """The label joins the load balancer's and the target group's full names; it waits for the rule that ties them."""
    policies = assembly.resources("local-Service-api", "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    (requests,) = (item for item in policies if item["Properties"]["PolicyName"] == "api-requests")

    metric = requests["Properties"]["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]
    balancer, slash, group = metric["ResourceLabel"]["Fn::Join"][1]
    assert "LoadBalancerFullName" in balancer["Fn::ImportValue"]
    assert (slash, group) == ("/", {"Fn::GetAtt": ["Targets", "TargetGroupFullName"]})
    assert requests["DependsOn"] == ["Rule"]


def test_metrics_of_every_layer_and_of_the_pipe_itself_are_streamed(assembly: Assembly) -> None:
    """Four namespaces and the percentiles of the response time, in the format that Datadog takes."""
    (item,) = assembly.resources("local-Forwarding", "AWS::CloudWatch::MetricStream").values()
    properties = item["Properties"]

    assert [part["Namespace"] for part in properties["IncludeFilters"]] == [
        "AWS/ApplicationELB", "AWS/ECS", "AWS/RDS", "AWS/Firehose",
    ]  # fmt: skip
    assert properties["OutputFormat"] == "opentelemetry1.0"
    (statistics,) = properties["StatisticsConfigurations"]
    assert statistics["AdditionalStatistics"] == ["p50", "p90", "p95", "p99"]


def test_the_stream_ends_at_the_site_of_the_project_and_the_key_comes_from_a_secret(assembly: Assembly) -> None:
    """No key stands in a template; what Datadog does not take is kept in a bucket."""
    (item,) = assembly.resources("local-Forwarding", "AWS::KinesisFirehose::DeliveryStream").values()
    endpoint = item["Properties"]["HttpEndpointDestinationConfiguration"]

    assert endpoint["EndpointConfiguration"] == {
        "Name": "Datadog metrics",
        "Url": "https://awsmetrics-intake.datadoghq.eu/api/v2/awsmetrics?dd-protocol=aws-kinesis-firehose",
    }
    (secret,) = assembly.resources("local-Forwarding", "AWS::SecretsManager::Secret")
    assert endpoint["SecretsManagerConfiguration"]["SecretARN"] == {"Ref": secret}
    assert endpoint["S3BackupMode"] == "FailedDataOnly"


def test_roles_are_limited_to_this_account_and_to_named_resources(assembly: Assembly) -> None:
    """`*` stands only where the API knows no resource: the token for the image registry."""
    wide = set()
    for stack in assembly.templates:
        if stack.startswith("prod-"):
            for name, item in assembly.resources(stack, "AWS::IAM::Role").items():
                for policy in item["Properties"].get("Policies", []):
                    for statement in policy["PolicyDocument"]["Statement"]:
                        if statement["Resource"] in ("*", ["*"]):
                            wide |= {*statement["Action"]}
                trust = item["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
                if not name.startswith("CustomVpcRestrictDefaultSG"):
                    assert "aws:SourceAccount" in trust["Condition"]["StringEquals"], name
    assert wide == {"ecr:GetAuthorizationToken"}
