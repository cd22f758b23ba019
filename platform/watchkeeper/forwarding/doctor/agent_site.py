"""agent-site: the Agent or Datadog's forwarder speaks to another site than the project's."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import Resource, mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "agent-site"
_DEFAULT: Final = "datadoghq.com"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each Agent and forwarder whose DD_SITE is another; without one it is datadoghq.com."""
    for container in subject.containers():
        if "datadog/agent" in subject.text(container.task, container.given.get("Image")):
            given = container.variables.get("DD_SITE", _DEFAULT)
            if _is_agent(container.given):
                yield from _wrong(subject, container.task, f"`{container.name}`", given)
    for function in subject.stacks.of_type("AWS::Lambda::Function"):
        variables = mapped(mapped(function.properties.get("Environment")).get("Variables"))
        if any(str(name).startswith("DD_API_KEY") for name in variables):
            yield from _wrong(subject, function, "the function", variables.get("DD_SITE", _DEFAULT))


def _is_agent(container: object) -> bool:
    """Not one that only prepares the Agent's files, which has a command and no key."""
    given = mapped(container)
    names = {mapped(each).get("Name") for each in [*(given.get("Secrets") or []), *(given.get("Environment") or [])]}
    return "DD_API_KEY" in names


def _wrong(subject: Subject, resource: Resource, who: str, given: object) -> Iterator[Finding]:
    site = subject.text(resource, given)
    if site != subject.site.name and "${" not in site:
        what = f"{who} speaks to {site}, the project's site is {subject.site.name}"
        yield finding(RULE, resource, what, f"write DD_SITE: {subject.site.name}")
