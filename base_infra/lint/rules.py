"""Our own rules, for what the other tools do not see."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from base_infra.lint import grpc_listener, moving_image, privileged_port, unemitted_metric
from base_infra.lint.findings import Finding, Templates

Check = Callable[[Templates], Iterator[Finding]]
RULES: Final[Mapping[str, Check]] = {
    rule.RULE: rule.check for rule in (grpc_listener, moving_image, privileged_port, unemitted_metric)
}


def check_all(templates: Templates) -> list[Finding]:
    """What every rule says of one environment."""
    return [finding for check in RULES.values() for finding in check(templates)]
