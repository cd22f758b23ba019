"""The doctor's rules: one rule, one file, one test, one page below docs/lint/.

They look at the declaration and at synthesized templates, ours or anybody's. Faults: threads that are named in the
pages, read 2026-11.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from watchkeeper.forwarding.doctor import (
    agent_site,
    api_key_in_template,
    api_key_shape,
    canary_not_streamed,
    delivery_tags,
    essential_router,
    failed_data_lost,
    firelens_host,
    firelens_retries,
    firelens_tags,
    firelens_tls,
    flow_logs_unfiltered,
    forwarder_forgets,
    forwarder_limits,
    hostname_on_fargate,
    intake_url,
    integration_role,
    keeps_logs_forever,
    partition_metrics,
    pausing_database,
    percentiles_missing,
    router_image,
    router_not_restarted,
    router_without_log,
    self_subscription,
    stream_format,
    streamed_and_polled,
    subscription_limit,
)
from watchkeeper.forwarding.doctor.subject import Finding, Subject

_MODULES: Final = (
    intake_url,
    api_key_in_template,
    api_key_shape,
    agent_site,
    firelens_host,
    firelens_tls,
    firelens_retries,
    firelens_tags,
    essential_router,
    router_not_restarted,
    router_image,
    router_without_log,
    hostname_on_fargate,
    failed_data_lost,
    stream_format,
    percentiles_missing,
    self_subscription,
    subscription_limit,
    keeps_logs_forever,
    flow_logs_unfiltered,
    partition_metrics,
    pausing_database,
    forwarder_limits,
    forwarder_forgets,
    delivery_tags,
    canary_not_streamed,
    streamed_and_polled,
    integration_role,
)
RULES: Final[Sequence[tuple[str, Callable[[Subject], Iterator[Finding]]]]] = tuple(
    (module.RULE, module.check) for module in _MODULES
)


def examine(subject: Subject) -> list[Finding]:
    """Every finding of every rule, in the order of the rules."""
    return [found for _, check in RULES for found in check(subject)]
