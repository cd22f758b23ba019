"""bare-pagerduty: `@pagerduty` without a service."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import MESSAGE, has_message
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_BARE: Final = re.compile(r"@pagerduty(?![\w-])")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for match in _BARE.finditer(subject.declared):
        yield Flaw("`@pagerduty` notifies every service", MESSAGE, offset=match.start())


RULE = Rule(
    id="bare-pagerduty",
    severity="warning",
    title="`@pagerduty` without a service",
    why="Every PagerDuty service of the account is notified.",
    fix="name the service: `@pagerduty-<service>`",
    source='Datadog documentation, "PagerDuty integration"',
    applies=has_message,
    check=_check,
    bad='message: "down @pagerduty"',
    good='message: "down @pagerduty-api"',
)
