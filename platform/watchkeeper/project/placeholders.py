"""Values of an environment that stand for somebody's own: accounts, domains, zones, certificates. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.errors import Problem
from watchkeeper.project.model import Environment
from watchkeeper.project.source import Document, KeyPath
from watchkeeper.project.validate import locate_in

_EXAMPLES: Final = ("example.com", "example.net", "example.org", "example")
"""Kept for documentation. Source: RFC 2606, sections 2 and 3."""

_SAME: Final = re.compile(r"(\d)\1{11}")
_COUNTED: Final = ("123456789012", "012345678901")


def is_placeholder_account(account: str) -> bool:
    """Whether twelve digits are those of an example: all the same, or counted."""
    return account in _COUNTED or _SAME.fullmatch(account) is not None


def is_example_domain(domain: str) -> bool:
    """Whether a domain, or the domain of an address, is one that nobody can own."""
    name = domain.rpartition("@")[2].rstrip(".").lower()
    return any(name == each or name.endswith(f".{each}") for each in _EXAMPLES)


def is_placeholder_zone(zone: str) -> bool:
    """Whether the id of a hosted zone is counted up, as in examples."""
    return zone.startswith(("Z0123456789", "Z1234567890"))


def placeholders(document: Document, environment: Environment) -> Iterator[Problem]:
    """What watchkeeper.yaml still says of nobody's account, in the order of the file's keys."""
    name = environment.name
    profile = document.data["environments"][name].get("profile")
    layers: list[tuple[Document, KeyPath]] = [(document, ("environments", name))]
    locate = locate_in(*layers, *([(document, ("profiles", profile))] if profile else []))
    edge, author = environment.edge, environment.pagerduty.from_email
    if is_placeholder_account(environment.account):
        what = f"the AWS account {environment.account} is an example"
        yield Problem(what, locate(("account",), False), "write the number of your own")
    if edge.certificate and is_placeholder_account(edge.certificate.split(":")[4]):
        what = f"the certificate is of the example account {edge.certificate.split(':')[4]}"
        yield Problem(what, locate(("edge", "certificate"), False), "write the ARN of your own, or leave it out")
    if edge.domain and is_example_domain(edge.domain):
        what = f"{edge.domain} is a name that nobody can own"
        yield Problem(what, locate(("edge", "domain"), False), "write your own, or leave domain and zone out")
    if edge.hosted_zone and is_placeholder_zone(edge.hosted_zone):
        what = f"the hosted zone {edge.hosted_zone} is an example"
        yield Problem(what, locate(("edge", "hosted_zone"), False), "write the id of your own")
    if is_example_domain(author):
        what = f"{author} is an address that nobody can own"
        yield Problem(what, locate(("pagerduty", "from_email"), False), "write the address of a PagerDuty user")
