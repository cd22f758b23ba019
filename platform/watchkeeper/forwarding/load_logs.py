"""The problems of `logs:` in `platform/forwarding.yaml`, each with its place and its mend. Pure."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from watchkeeper.errors import Problem, did_you_mean
from watchkeeper.forwarding.model import GroupLogs, LoadBalancerLogs, Logs
from watchkeeper.project.source import Document, KeyPath

TAG: Final = re.compile(r"[a-z][a-z0-9_./-]*:[a-z0-9_./-]+")
_NAME: Final = re.compile(r"[a-z][a-z0-9_./-]{0,99}")
_MAX_PATTERN: Final = 1024
"""Characters of a filter pattern. Source: CloudWatch Logs API reference, PutSubscriptionFilter, 2026-11."""
_RESERVED: Final = ("env", "service", "source", "team")


def log_problems(document: Document, found: Logs, services: Collection[str]) -> Iterator[Problem]:
    """services: names of the project's; empty for any."""
    if found.application.source and not _NAME.fullmatch(found.application.source):
        yield _bad_name(document, ("logs", "application", "source"), found.application.source)
    for name, source in found.application.sources.items():
        path: KeyPath = ("logs", "application", "sources", name)
        if services and name not in services:
            fix = did_you_mean(name, services) or f"known: {', '.join(services)}"
            yield Problem(f"there is no service `{name}`", document.at_key(path), fix, "unknown-service")
        if not _NAME.fullmatch(source):
            yield _bad_name(document, path, source)
    for layer, group in found.groups.items():
        if len(group.pattern) > _MAX_PATTERN:
            what = f"the pattern has {len(group.pattern)} characters, CloudWatch takes {_MAX_PATTERN}"
            yield Problem(what, document.at(("logs", layer, "pattern")), "shorten it", "filter-pattern")
        yield from _tag_problems(document, ("logs", layer), group)
    if found.load_balancer is not None:
        yield from _tag_problems(document, ("logs", "load_balancer"), found.load_balancer)


def _tag_problems(document: Document, path: KeyPath, given: GroupLogs | LoadBalancerLogs) -> Iterator[Problem]:
    for key, value in (("source", given.source), ("service", given.service)):
        if value and not _NAME.fullmatch(value):
            yield _bad_name(document, (*path, key), value)
    for index, tag in enumerate(given.tags):
        where = document.at((*path, "tags", index))
        if not TAG.fullmatch(tag):
            yield Problem(f"`{tag}` is no tag", where, "write name:value in lower case", "tag")
        elif tag.partition(":")[0] in _RESERVED:
            fix = f"leave it out: {', '.join(_RESERVED)} are set already"
            yield Problem(f"`{tag}` stands beside the tag that every log has", where, fix, "tag")


def _bad_name(document: Document, path: KeyPath, value: str) -> Problem:
    what = f"`{value}` is no name that Datadog keeps as it is"
    return Problem(what, document.at(path), "lower case, digits and _./-, beginning with a letter", "tag")
