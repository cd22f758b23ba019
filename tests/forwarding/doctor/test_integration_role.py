"""Rule integration-role."""

from typing import Any

from tests.forwarding.doctor.conftest import Examine, resource
from watchkeeper.forwarding.permissions import SCOPED

_EU, _AP1 = "464622532012", "417141415827"


def _role(account: str = _EU, external_id: str = "x", actions: Any = SCOPED) -> Any:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::{account}:root"]]}},
        **({"Condition": {"StringEquals": {"sts:ExternalId": external_id}}} if external_id else {}),
    }
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policies = [{"PolicyName": "P", "PolicyDocument": {"Statement": [statement]}}] if actions else []
    document = {"Statement": [trust]}
    return resource("AWS::IAM::Role", AssumeRolePolicyDocument=document, Policies=policies)


def test_a_role_without_an_external_id_is_found(doctor: Examine) -> None:
    """Whoever else uses Datadog could read the account through it."""
    (found,) = doctor("integration-role", {"Role": _role(external_id="")})

    assert "without an external id" in found.what
    assert found.severity == "error"


def test_the_account_of_another_site_is_found(doctor: Examine) -> None:
    """Datadog's site of the project asks from its own account."""
    (found,) = doctor("integration-role", {"Role": _role(account=_AP1)})

    assert f"trusts Datadog's account {_AP1}, which is not the one of datadoghq.eu" in found.what


def test_what_the_role_lacks_is_named(doctor: Examine) -> None:
    """The first ones, and how many more."""
    lacking = [each for each in SCOPED if not each.startswith(("rds:", "ecs:"))]
    (found,) = doctor("integration-role", {"Role": _role(actions=lacking)})

    assert "may not ecs:Describe*, ecs:List*, rds:Describe* and 1 more" in found.what
    assert found.severity == "warning"


def test_actions_of_managed_policies_count_and_wider_patterns_grant_narrower_ones(doctor: Examine) -> None:
    """A role is what all of its policies allow together."""
    rest = [each for each in SCOPED if not each.startswith("ec2:")]
    policy = {"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
    managed = resource("AWS::IAM::ManagedPolicy", Roles=[{"Ref": "Role"}], PolicyDocument=policy)

    assert doctor("integration-role", {"Role": _role(actions=rest), "More": managed}) == []


def test_other_roles_are_no_matter_of_this_rule(doctor: Examine) -> None:
    """Silence for a role that nobody of Datadog's may assume."""
    assert doctor("integration-role", {"Role": _role(account="123456789012", external_id="", actions=())}) == []
