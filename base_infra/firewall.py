"""AWS WAF before the load balancer: AWS's managed rules, and a limit on what one address may send."""

from typing import Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from base_infra.logs import log_group
from watchkeeper.constructs.pseudo import ACCOUNT, PARTITION, REGION
from watchkeeper.project.model import Environment, Project

MANAGED_RULES: Final = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)
COUNTED: Final = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}
"""Rules that never block: this one refuses every body over 8 KB, uploads and gRPC messages among them.

Source: AWS WAF developer guide, "Baseline rule groups", 2026-11.
"""
_LOGGED: Final = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
"""Requests that some rule matched; without a filter WAF logs every request there is."""


class Firewall(Construct):
    """`count` watches what would be blocked, `block` blocks it. Matches are logged without cookies and credentials."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        project: Project,
        environment: Environment,
        load_balancer_arn: str,
        key_arn: str,
    ) -> None:
        super().__init__(scope, id)
        self._is_blocking = environment.edge.waf == "block"
        rules = [self._managed(priority, name) for priority, name in enumerate(MANAGED_RULES, start=1)]
        acl = waf.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow=waf.CfnWebACL.AllowActionProperty()),
            visibility_config=_visible("All"),
            rules=[self._rate(environment.edge.requests_per_client), *rules],
        )
        waf.CfnWebACLAssociation(self, "Association", resource_arn=load_balancer_arn, web_acl_arn=acl.attr_arn)
        # WAF takes log groups of this prefix only.
        group = log_group(
            self,
            "Logs",
            f"aws-waf-logs-{project.name}-{environment.name}",
            retention_days=environment.log_retention_days,
            key_arn=key_arn,
        )
        policy = self._delivery(project, environment, group)
        logging = waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=acl.attr_arn,
            log_destination_configs=[f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT}:log-group:{group.ref}"],
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [{"ActionCondition": {"Action": action}} for action in _LOGGED],
                    }
                ],
            },
            redacted_fields=[
                waf.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": header})
                for header in ("authorization", "cookie")
            ],
        )
        logging.add_resource_dependency(policy)

    def _delivery(self, project: Project, environment: Environment, group: logs.CfnLogGroup) -> logs.CfnResourcePolicy:
        """Lets AWS's log delivery write for this account; without it WAF writes a policy of its own there."""
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "delivery.logs.amazonaws.com"},
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": group.attr_arn,
                    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
                }
            ],
        }
        policy = logs.CfnResourcePolicy(
            self,
            "LogDelivery",
            policy_name=f"{project.name}-{environment.name}-waf",
            policy_document=Stack.of(self).to_json_string(document),
        )
        policy.apply_removal_policy(RemovalPolicy.DESTROY)
        return policy

    def _managed(self, priority: int, name: str) -> waf.CfnWebACL.RuleProperty:
        acl, override = waf.CfnWebACL, waf.CfnWebACL.OverrideActionProperty
        count = acl.RuleActionProperty(count={})
        counted = [acl.RuleActionOverrideProperty(name=rule, action_to_use=count) for rule in COUNTED.get(name, ())]
        return waf.CfnWebACL.RuleProperty(
            name=name,
            priority=priority,
            override_action=override(none={}) if self._is_blocking else override(count={}),
            statement=acl.StatementProperty(
                managed_rule_group_statement=acl.ManagedRuleGroupStatementProperty(
                    vendor_name="AWS", name=name, rule_action_overrides=counted or None
                )
            ),
            visibility_config=_visible(name),
        )

    def _rate(self, requests: int) -> waf.CfnWebACL.RuleProperty:
        action = waf.CfnWebACL.RuleActionProperty
        return waf.CfnWebACL.RuleProperty(
            name="RequestsPerClient",
            priority=0,
            action=action(block={}) if self._is_blocking else action(count={}),
            statement=waf.CfnWebACL.StatementProperty(
                rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                    limit=requests, aggregate_key_type="IP", evaluation_window_sec=300
                )
            ),
            visibility_config=_visible("RequestsPerClient"),
        )


def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
