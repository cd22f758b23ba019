"""failed-data-lost: what Datadog does not take within the retries is gone, or can be written nowhere."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from watchkeeper.forwarding.doctor.stacks import Json, Resource, listed, mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "failed-data-lost"
_PUT: Final = "s3:PutObject"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each stream without a backup, without retries, or whose role cannot write objects."""
    for stream, destination in subject.deliveries():
        backup = mapped(destination.get("S3Configuration"))
        if not backup:
            yield finding(RULE, stream, "keeps nothing of what Datadog does not take", "add an S3Configuration")
            continue
        retries = mapped(destination.get("RetryOptions")).get("DurationInSeconds", 300)
        if str(retries) == "0":
            fix = "write RetryOptions: {DurationInSeconds: 60}"
            yield finding(RULE, stream, "does not repeat what Datadog does not take", fix, "warning")
        role = subject.stacks.target(stream.stack, backup.get("RoleARN"))
        bucket = subject.stacks.target(stream.stack, backup.get("BucketARN"))
        if role is not None and bucket is not None and not _may_write(subject, role, bucket):
            what = f"its role {role.id} may not write objects into {bucket.id}"
            yield finding(RULE, stream, what, f"allow {_PUT} on the bucket's ARN with /* behind it")


def _may_write(subject: Subject, role: Resource, bucket: Resource) -> bool:
    """Whether a statement allows it on the objects; the bucket's own ARN is another resource than its objects."""
    wanted = f"${{{bucket.name}}}/"
    for resource, statement in _statements(subject, role):
        actions = _listed(statement.get("Action"))
        if statement.get("Effect") != "Allow" or not any(fnmatchcase(_PUT, str(action)) for action in actions):
            continue
        for each in _listed(statement.get("Resource")):
            text = subject.text(resource, each)
            if text == "*" or text.startswith(wanted) or ("${" not in text and text.endswith("/*")):
                return True
    return bool(role.properties.get("ManagedPolicyArns"))


def _statements(subject: Subject, role: Resource) -> Iterator[tuple[Resource, Json]]:
    for inline in listed(role.properties.get("Policies")):
        for statement in listed(mapped(inline.get("PolicyDocument")).get("Statement")):
            yield role, statement
    for policy in (*subject.stacks.of_type("AWS::IAM::Policy"), *subject.stacks.of_type("AWS::IAM::RolePolicy")):
        names = [*_listed(policy.properties.get("Roles")), policy.properties.get("RoleName")]
        owners = [subject.stacks.target(policy.stack, name) for name in names]
        if any(owner is not None and owner.name == role.name for owner in owners):
            for statement in listed(mapped(policy.properties.get("PolicyDocument")).get("Statement")):
                yield policy, statement


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
