"""CloudFormation's pseudo parameters as tokens, asked for once: each reading is a question to the CDK's process."""

from typing import Final

from aws_cdk import Aws

ACCOUNT: Final[str] = Aws.ACCOUNT_ID
PARTITION: Final[str] = Aws.PARTITION
REGION: Final[str] = Aws.REGION
URL_SUFFIX: Final[str] = Aws.URL_SUFFIX
