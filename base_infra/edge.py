"""Stack `<env>-Edge`: the load balancer, and the listeners on which services hang their rules."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from constructs import Construct

from base_infra.access import GRPC, HTTP, HTTPS
from base_infra.access_logs import AccessLogs
from base_infra.firewall import Firewall
from base_infra.foundation import Foundation
from base_infra.stack import export
from watchkeeper.project.model import Environment, Project


class Edge(Stack):
    """The load balancer. Attributes are tokens: listener_arn, load_balancer_name (`app/NAME/ID`), load_balancer_arn.

    access_log_bucket: a token, None where access logs are not kept in S3.

    With a certificate: HTTPS on 443, gRPC on 9000 (grpc_listener_arn), and 80 redirects. Without: HTTP on 80 alone, and
    no gRPC, which a load balancer serves over TLS only. What no rule takes is answered with 404.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        project: Project,
        environment: Environment,
        foundation: Foundation,
        **kwargs: object,
    ) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        self._settings = environment.edge
        attributes = {
            "deletion_protection.enabled": str(environment.database.is_protected).lower(),
            "idle_timeout.timeout_seconds": str(environment.edge.idle_timeout_s),
            "routing.http.drop_invalid_header_fields.enabled": "true",
            "routing.http.desync_mitigation_mode": "defensive",
            "access_logs.s3.enabled": str(environment.edge.access_logs).lower(),
        }
        access_logs = AccessLogs(self, "AccessLogs", environment) if environment.edge.access_logs else None
        if access_logs:
            attributes["access_logs.s3.bucket"] = access_logs.bucket_name
        self._balancer = self._load_balancer(foundation, attributes)
        if access_logs:
            # The load balancer tries the bucket when it is made.
            self._balancer.add_resource_dependency(access_logs.policy)
        self.grpc_listener_arn: str | None = None
        if environment.edge.is_encrypted:
            certificate = environment.edge.certificate or self._certificate()
            self._listener("Http", HTTP, None, [_redirect()])
            self.listener_arn = self._listener("Https", HTTPS, certificate, [_not_found()])
            self.grpc_listener_arn = self._listener("Grpc", GRPC, certificate, [_not_found()])
        else:
            self.listener_arn = self._listener("Http", HTTP, None, [_not_found()])
        if environment.edge.waf != "off":
            Firewall(self, "Firewall", project, environment, self._balancer.ref, foundation.key_arn)
        self.load_balancer_name = self._balancer.attr_load_balancer_full_name
        self.load_balancer_arn: str = self._balancer.ref
        self.access_log_bucket = access_logs.bucket_name if access_logs else None
        export(self, self.listener_arn, self.load_balancer_name, self.load_balancer_arn)
        if self.access_log_bucket:
            export(self, self.access_log_bucket)
        if self.grpc_listener_arn:
            export(self, self.grpc_listener_arn)
        scheme = "https" if environment.edge.is_encrypted else "http"
        CfnOutput(self, "Url", value=f"{scheme}://{environment.edge.domain or self._balancer.attr_dns_name}")

    def _load_balancer(self, foundation: Foundation, attributes: Mapping[str, str]) -> elb.CfnLoadBalancer:
        attribute = elb.CfnLoadBalancer.LoadBalancerAttributeProperty
        return elb.CfnLoadBalancer(
            self,
            "LoadBalancer",
            type="application",
            scheme="internet-facing",
            ip_address_type="ipv4",
            subnets=foundation.public_subnets,
            security_groups=[foundation.load_balancer_group],
            load_balancer_attributes=[attribute(key=key, value=value) for key, value in attributes.items()],
        )

    def _certificate(self) -> str:
        """A certificate for the domain, validated by a record in its zone, and the name of the load balancer there."""
        edge, balancer = self._settings, self._balancer
        certificate = acm.CfnCertificate(
            self,
            "Certificate",
            domain_name=edge.domain,
            validation_method="DNS",
            domain_validation_options=[
                acm.CfnCertificate.DomainValidationOptionProperty(
                    domain_name=edge.domain, hosted_zone_id=edge.hosted_zone
                )
            ],
        )
        route53.CfnRecordSet(
            self,
            "Name",
            hosted_zone_id=edge.hosted_zone,
            name=edge.domain,
            type="A",
            alias_target=route53.CfnRecordSet.AliasTargetProperty(
                dns_name=balancer.attr_dns_name,
                hosted_zone_id=balancer.attr_canonical_hosted_zone_id,
                evaluate_target_health=True,
            ),
        )
        return certificate.ref

    def _listener(
        self,
        id: str,
        port: int,
        certificate: str | None,
        actions: list[elb.CfnListener.ActionProperty],
    ) -> str:
        shown = elb.CfnListener.CertificateProperty(certificate_arn=certificate) if certificate else None
        return elb.CfnListener(
            self,
            id,
            load_balancer_arn=self._balancer.ref,
            port=port,
            protocol="HTTPS" if certificate else "HTTP",
            default_actions=actions,
            certificates=[shown] if shown else None,
            ssl_policy=self._settings.tls_policy if certificate else None,
        ).ref


def _not_found() -> elb.CfnListener.ActionProperty:
    return elb.CfnListener.ActionProperty(
        type="fixed-response",
        fixed_response_config=elb.CfnListener.FixedResponseConfigProperty(
            status_code="404", content_type="text/plain", message_body="no such service"
        ),
    )


def _redirect() -> elb.CfnListener.ActionProperty:
    return elb.CfnListener.ActionProperty(
        type="redirect",
        redirect_config=elb.CfnListener.RedirectConfigProperty(
            status_code="HTTP_301", protocol="HTTPS", port=str(HTTPS)
        ),
    )
