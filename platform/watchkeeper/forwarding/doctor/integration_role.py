"""integration-role: Datadog cannot assume the role, or somebody else can, or it lacks what metrics and tags need."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import Json, Resource, listed, mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding
from watchkeeper.forwarding.permissions import SCOPED, lacking, permissions_of
from watchkeeper.forwarding.sites import SITES

RULE: Final = "integration-role"
_SHOWN: Final = 3


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each role that an AWS account of Datadog's may assume: whose, without what, and what it lacks."""
    ours = {subject.site.aws_account, subject.site.govcloud_account} - {""}
    all_accounts = {each for site in SITES.values() for each in (site.aws_account, site.govcloud_account)} - {""}
    for role in subject.stacks.of_type("AWS::IAM::Role"):
        trusts = [each for each in _trusts(role) if _accounts(subject, role, each) & all_accounts]
        for trust in trusts:
            if not mapped(mapped(trust.get("Condition")).get("StringEquals")).get("sts:ExternalId"):
                what = "lets Datadog in without an external id, so that every customer of Datadog can read this account"
                yield finding(RULE, role, what, "add StringEquals: {sts:ExternalId: the id that Datadog issued}")
            wrong = _accounts(subject, role, trust) & all_accounts - ours
            if wrong:
                what = f"trusts Datadog's account {min(wrong)}, which is not the one of {subject.site.name}"
                yield finding(RULE, role, what, f"trust {subject.site.aws_account}")
        if trusts:
            yield from _missing(subject, role)


def _missing(subject: Subject, role: Resource) -> Iterator[Finding]:
    declared = subject.declared.integration
    wanted = permissions_of(declared.permissions).actions if declared else SCOPED
    granted = list(_granted(listed(role.properties.get("Policies"))))
    for policy in subject.stacks.of_type("AWS::IAM::ManagedPolicy"):
        roles = policy.properties.get("Roles")
        owners = [subject.stacks.target(policy.stack, each) for each in (roles if isinstance(roles, list) else [])]
        if any(owner is not None and owner.name == role.name for owner in owners):
            granted += _granted([policy.properties])
    missing = lacking(granted, wanted)
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        what = f"may not {', '.join(missing[:_SHOWN])}{more}, which the profile grants"
        yield finding(RULE, role, what, "add them, or choose a smaller `integration: permissions`", "warning")


def _granted(policies: list[Json]) -> Iterator[str]:
    for policy in policies:
        for statement in listed(mapped(policy.get("PolicyDocument")).get("Statement")):
            if statement.get("Effect") == "Allow":
                actions = statement.get("Action")
                yield from (str(each) for each in (actions if isinstance(actions, list) else [actions]))


def _trusts(role: Resource) -> list[Json]:
    return listed(mapped(role.properties.get("AssumeRolePolicyDocument")).get("Statement"))


def _accounts(subject: Subject, role: Resource, trust: Json) -> set[str]:
    """The accounts that a statement trusts."""
    given = mapped(trust.get("Principal")).get("AWS")
    texts = [subject.text(role, each) for each in (given if isinstance(given, list) else [given])]
    return {part for text in texts for part in text.replace("/", ":").split(":") if part.isdecimal()}
