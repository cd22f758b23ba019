"""api-key-in-template: an API key that everybody who reads the template or the console can read."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "api-key-in-template"
_IN_URL: Final = re.compile(r"[?&](dd-api-key|api_key)=", re.IGNORECASE)
_FIX: Final = "put it in Secrets Manager, and name the secret"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each key in a Firehose endpoint, a variable, a log option, or a URL."""
    for stream, destination in subject.deliveries():
        endpoint = mapped(destination.get("EndpointConfiguration"))
        if endpoint.get("AccessKey") and not subject.reads_secret(destination):
            yield finding(RULE, stream, "holds the API key as `AccessKey`", f"{_FIX} in SecretsManagerConfiguration")
        if _IN_URL.search(subject.text(stream, endpoint.get("Url"))):
            yield finding(RULE, stream, "holds the API key in its URL", f"{_FIX} in SecretsManagerConfiguration")
    for container in subject.containers():
        if container.variables.get("DD_API_KEY"):
            what = f"container `{container.name}` has the API key in a variable"
            yield finding(RULE, container.task, what, f"{_FIX} under `Secrets`")
    for output in subject.outputs():
        if output.options.get("apikey"):
            what = f"the log of `{output.container.name}` has the API key in an option"
            yield finding(RULE, output.container.task, what, f"{_FIX} under `SecretOptions`")
    for function in subject.stacks.of_type("AWS::Lambda::Function"):
        variables = mapped(mapped(function.properties.get("Environment")).get("Variables"))
        if variables.get("DD_API_KEY") and "DD_SITE" in variables:
            yield finding(RULE, function, "has the API key in a variable", f"{_FIX} in DD_API_KEY_SECRET_ARN")
