"""What stands in an AWS account, as far as a deploy needs it: reads, and the one secret that is put in by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.adapters.aws.refusals import Refusals, error_code
from watchkeeper.adapters.endpoints import Secret
from watchkeeper.errors import RemoteError

SERVICES: Final = ("acm", "cloudformation", "iam", "route53", "secretsmanager", "ssm")


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """One stack of CloudFormation. status: in AWS's words. outputs: by key."""

    name: str
    status: str
    outputs: Mapping[str, str]

    @property
    def is_fine(self) -> bool:
        """Whether its latest operation came to its end, and did what it should."""
        return self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


class AwsAccount:
    """One account and region. clients: of boto3, by SERVICES. Raises RemoteError; what is not there is None."""

    def __init__(self, clients: Mapping[str, Any]) -> None:
        self._clients = clients

    def parameter(self, name: str) -> str | None:
        """A parameter of Systems Manager."""
        found = self._ask("ssm", "get_parameter", ("ParameterNotFound",), Name=name)
        return None if found is None else str(found["Parameter"]["Value"])

    def stacks(self, tags: Mapping[str, str]) -> Sequence[DeployedStack]:
        """The stacks that carry all of these tags."""
        with Refusals("cloudformation"):
            pages = self._clients["cloudformation"].get_paginator("describe_stacks").paginate()
            raw = [stack for page in pages for stack in page["Stacks"]]
        return [
            DeployedStack(
                stack["StackName"],
                stack["StackStatus"],
                {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs") or []},
            )
            for stack in raw
            if _carries(stack, tags)
        ]

    def trust(self, role: str) -> Mapping[str, Any] | None:
        """Who may assume a role: its policy document."""
        found = self._ask("iam", "get_role", ("NoSuchEntity",), RoleName=role)
        return None if found is None else found["Role"]["AssumeRolePolicyDocument"]

    def certificate_status(self, arn: str) -> str | None:
        """In AWS's words, such as `ISSUED`."""
        found = self._ask("acm", "describe_certificate", ("ResourceNotFoundException",), CertificateArn=arn)
        return None if found is None else str(found["Certificate"]["Status"])

    def zone_name(self, zone: str) -> str | None:
        """The domain of a hosted zone, without the dot at its end."""
        found = self._ask("route53", "get_hosted_zone", ("NoSuchHostedZone",), Id=zone)
        return None if found is None else str(found["HostedZone"]["Name"]).rstrip(".")

    def secrets(self, tags: Mapping[str, str]) -> Mapping[str, str]:
        """The secrets that carry all of these tags: ARN to description."""
        with Refusals("secretsmanager"):
            pages = self._clients["secretsmanager"].get_paginator("list_secrets").paginate()
            raw = [secret for page in pages for secret in page["SecretList"]]
        return {each["ARN"]: str(each.get("Description") or "") for each in raw if _carries(each, tags)}

    def secret(self, arn: str) -> Secret | None:
        """What a secret holds, as text."""
        found = self._ask("secretsmanager", "get_secret_value", ("ResourceNotFoundException",), SecretId=arn)
        return None if found is None else Secret(str(found.get("SecretString", "")))

    def put_secret(self, arn: str, value: Secret) -> None:
        """A new version of a secret that is there."""
        with Refusals("secretsmanager"):
            self._clients["secretsmanager"].put_secret_value(SecretId=arn, SecretString=value.reveal())

    def _ask(self, service: str, operation: str, absent: Sequence[str], **asked: str) -> Any:  # noqa: ANN401 - boto3
        """The answer; None when AWS says one of the codes `absent`."""
        try:
            with Refusals(service):
                return getattr(self._clients[service], operation)(**asked)
        except RemoteError as err:
            if error_code(err) in absent:
                return None
            raise


def _carries(described: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
    return tags.items() <= {tag["Key"]: tag["Value"] for tag in described.get("Tags") or []}.items()
