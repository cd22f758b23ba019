"""The scaling of this repository's services, as it is synthesized."""

import json

from tests.base_infra.conftest import Assembly
from watchkeeper.autoscaling.lint import lint_template
from watchkeeper.autoscaling.lint.template.parts import Template
from watchkeeper.project.source import parse_document


def test_no_template_of_a_service_has_a_scaling_finding(assembly: Assembly) -> None:
    """No desired count, right resource ids, nothing counted that is not published; in every environment."""
    services = {name: template for name, template in assembly.templates.items() if "-Service-" in name}

    assert services
    for name, template in services.items():
        document = parse_document(json.dumps(template, indent=1), f"{name}.template.json")
        assert lint_template(Template(document)) == []


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
    assert (slash, group) == ("/", {"Fn::GetAtt": ["HttpGroup5904FDAA", "TargetGroupFullName"]})
    assert "HttpRule5D4DB06D" in requests["DependsOn"]
