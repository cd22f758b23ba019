"""An IAM role as the account has it."""

from collections.abc import Iterator, Mapping
from typing import Any

import botocore.exceptions

from watchkeeper.errors import RemoteError, UsageError


class RoleReader:
    """client: boto3's of IAM."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - boto3 has no types
        self._iam = client

    def actions(self, role: str) -> frozenset[str]:
        """Every action that its own and its attached policies allow, save those of AWS's managed policies.

        Raises UsageError where there is no such role, RemoteError.
        """
        try:
            return frozenset(action for document in self._documents(role) for action in _allowed(document))
        except botocore.exceptions.ClientError as err:
            code = err.response.get("Error", {}).get("Code", "")
            if code == "NoSuchEntity":
                fix = "run `watchkeeper forwarding sync`, write the external id into the file, and deploy"
                raise UsageError(f"the account has no role {role}", fix) from err
            what = f"AWS refused {err.operation_name} of iam: {code}"
            raise RemoteError(what, host="iam", fix="check the role's permissions") from err
        except botocore.exceptions.BotoCoreError as err:
            raise RemoteError(f"AWS did not answer for iam: {err}", host="iam", fix="check the network") from err

    def _documents(self, role: str) -> Iterator[Mapping[str, Any]]:
        for name in self._iam.list_role_policies(RoleName=role)["PolicyNames"]:
            yield self._iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for policy in self._iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
            arn = policy["PolicyArn"]
            if ":iam::aws:" not in arn:
                version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
                yield self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def _allowed(document: Mapping[str, Any]) -> Iterator[str]:
    statements = document.get("Statement") or []
    for each in statements if isinstance(statements, list) else [statements]:
        if each.get("Effect") == "Allow":
            actions = each.get("Action") or []
            yield from actions if isinstance(actions, list) else [actions]
