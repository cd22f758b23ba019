"""Stack `<env>-Edge`: the load balancer, and the listener on which services hang their rules."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from base_infra.access import HTTP
from base_infra.foundation import Foundation
from base_infra.stack import export
from watchkeeper.project.model import Environment


class Edge(Stack):
    """The load balancer. Attributes are tokens: listener_arn, load_balancer_name (`app/NAME/ID`)."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        environment: Environment,
        foundation: Foundation,
        **kwargs: object,
    ) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        attribute = elb.CfnLoadBalancer.LoadBalancerAttributeProperty
        attributes = {
            "deletion_protection.enabled": str(environment.database.is_protected).lower(),
            "idle_timeout.timeout_seconds": "60",
            "routing.http.drop_invalid_header_fields.enabled": "true",
        }
        balancer = elb.CfnLoadBalancer(
            self,
            "LoadBalancer",
            type="application",
            scheme="internet-facing",
            ip_address_type="ipv4",
            subnets=foundation.public_subnets,
            security_groups=[foundation.load_balancer_group],
            load_balancer_attributes=[attribute(key=key, value=value) for key, value in attributes.items()],
        )
        listener = elb.CfnListener(
            self,
            "Http",
            load_balancer_arn=balancer.ref,
            port=HTTP,
            protocol="HTTP",
            default_actions=[
                elb.CfnListener.ActionProperty(
                    type="fixed-response",
                    fixed_response_config=elb.CfnListener.FixedResponseConfigProperty(
                        status_code="404", content_type="text/plain", message_body="no such service"
                    ),
                )
            ],
        )
        self.listener_arn = listener.ref
        self.load_balancer_name = balancer.attr_load_balancer_full_name
        export(self, self.listener_arn, self.load_balancer_name)
        CfnOutput(self, "Url", value=f"http://{balancer.attr_dns_name}")
