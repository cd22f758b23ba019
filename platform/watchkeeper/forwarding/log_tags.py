"""What every log carries into Datadog: env, service, team and source. Pure."""

from collections.abc import Mapping
from typing import Final

from watchkeeper.forwarding.model import GroupLogs, LoadBalancerLogs

_USUAL: Final[Mapping[str, tuple[str, str]]] = {
    "database": ("postgresql", "aurora"),
    "broker": ("msk", "msk"),
    "flow": ("vpc", "vpc"),
    "load_balancer": ("elbv2", "load-balancer"),
    "canary": ("watchkeeper", "watchkeeper-canary"),
}
"""Source and service of each layer; the source is Datadog's own name, which chooses the pipeline that reads the lines.

Source: Datadog documentation, pages of the integrations, and its list of AWS log services, read 2026-11.
"""


def log_tags(layer: str, given: GroupLogs | LoadBalancerLogs, *, env: str, team: str) -> dict[str, str]:
    """The tags of a layer's logs by their names. team: empty for none."""
    source, service = _USUAL[layer]
    further = dict(tag.split(":", 1) for tag in given.tags)
    own = {"env": env, "service": given.service or service, "source": given.source or source}
    return {**own, **({"team": team} if team else {}), **further}
