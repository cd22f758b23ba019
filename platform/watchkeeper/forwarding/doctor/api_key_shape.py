"""api-key-shape: a secret whose form its reader does not understand; it would send no key, and be refused."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import Resource, listed, mapped, pieces
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "api-key-shape"
_FIREHOSE_KEY: Final = "api_key"
"""The one key of a secret's JSON that Firehose reads. Source: Firehose developer guide, "Secrets Manager", 2026-11."""
_JSON_KEY: Final = re.compile(r"\}:([^:{}]+):[^:{}]*:[^:{}]*$")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each secret of the templates that Firehose, a function or ECS reads in another form than it has."""
    for stream, destination in subject.deliveries():
        reference = mapped(destination.get("SecretsManagerConfiguration")).get("SecretARN")
        secret = subject.stacks.target(stream.stack, reference)
        if secret is not None and subject.reads_secret(destination) and _generated(secret) != _FIREHOSE_KEY:
            shown = f"the key `{_generated(secret)}`" if _generated(secret) else "no JSON"
            what = f"reads {secret.name}, which holds {shown}"
            yield finding(RULE, stream, what, 'Firehose reads {"api_key": "..."} and nothing else')
    for function in subject.stacks.of_type("AWS::Lambda::Function"):
        variables = mapped(mapped(function.properties.get("Environment")).get("Variables"))
        secret = subject.stacks.target(function.stack, variables.get("DD_API_KEY_SECRET_ARN"))
        if secret is not None and _generated(secret):
            what = f"reads {secret.name}, which holds JSON with the key `{_generated(secret)}`"
            yield finding(RULE, function, what, "Datadog's functions read the key as plain text: a secret of its own")
    for container in subject.containers():
        for each in listed(container.given.get("Secrets")):
            if each.get("Name") == "DD_API_KEY":
                yield from _of_task(subject, container.task, each.get("ValueFrom"), f"DD_API_KEY of `{container.name}`")
    for output in subject.outputs():
        what = f"the log of `{output.container.name}`"
        yield from _of_task(subject, output.container.task, output.secrets.get("apikey"), what)
        if not output.secrets.get("apikey") and not output.options.get("apikey"):
            fix = "add `apikey` to SecretOptions"
            yield finding(RULE, output.container.task, f"{what} goes to Datadog without a key", fix)


def _of_task(subject: Subject, task: Resource, reference: object, who: str) -> Iterator[Finding]:
    """ECS hands over the whole secret unless the reference names a key of its JSON."""
    secret = next((found for piece in pieces(reference) if (found := subject.stacks.target(task.stack, piece))), None)
    if secret is None:
        return
    named = _JSON_KEY.search(subject.text(task, reference))
    key, held = named[1] if named else "", _generated(secret)
    if key != held:
        asked = f"the key `{key}`" if key else "the whole secret, which is JSON,"
        fix = f"write the ARN with `:{held}::` behind it" if held else "write the ARN alone: the secret is no JSON"
        yield finding(RULE, task, f"{who} takes {asked} of {secret.name}", fix)


def _generated(secret: Resource) -> str:
    """The key of the JSON that the template generates; empty for a plain text."""
    return str(mapped(secret.properties.get("GenerateSecretString")).get("GenerateStringKey", ""))
