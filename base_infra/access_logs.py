"""The bucket that holds the load balancer's access logs."""

from aws_cdk import aws_s3 as s3
from constructs import Construct

from watchkeeper.constructs.buckets import private_bucket, tls_only
from watchkeeper.constructs.pseudo import ACCOUNT, PARTITION, REGION
from watchkeeper.project.model import Environment


class AccessLogs(Construct):
    """Access logs, kept as long as other logs. bucket_name: a token. policy: must exist before the load balancer.

    Every load balancer writes a test file on its first day.
    Elastic Load Balancing writes with keys of S3 only. Source: its user guide, "Access logs", 2026-11.
    """

    def __init__(self, scope: Construct, id: str, environment: Environment) -> None:
        super().__init__(scope, id)
        bucket = private_bucket(self, "Bucket", expires_after_days=environment.log_retention_days)
        # Whoever reads them is told of each new object without the bucket knowing who that is.
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
        balancers = f"arn:{PARTITION}:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/*"
        self.bucket_name = bucket.ref
        self.policy = s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=bucket.ref,
            policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    tls_only(bucket),
                    {
                        "Sid": "LoadBalancersOfThisAccount",
                        "Effect": "Allow",
                        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                        "Action": "s3:PutObject",
                        "Resource": f"{bucket.attr_arn}/AWSLogs/{ACCOUNT}/*",
                        "Condition": {"ArnLike": {"aws:SourceArn": balancers}},
                    },
                ],
            },
        )
